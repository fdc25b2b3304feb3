/**
 * Files that a person hands in: read into what the stand-in takes, and dropped anywhere on the page.
 * Used by command_form.js for an option and by modal.js for a file input.
 */

/** A file as `/client` takes it. */
export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ filename: file.name, content_type: file.type, base64: reader.result.replace(/^[^,]*,/, "") });
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
}

/** Put dropped files into a file field as if they had been chosen there. */
export function giveFiles(field, files) {
  field.files = files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** `take(files)` hears of files dropped on the page; without a taker the browser would open them. */
export function wireDrop(root, take) {
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  root.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  });
}
