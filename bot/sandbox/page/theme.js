/**
 * Dark or light: the system's wish until somebody presses the toggle, then theirs, remembered.
 */

const KEY = "theme";

export function wireTheme(button) {
  const wish = matchMedia("(prefers-color-scheme: light)");
  const current = () => document.documentElement.dataset.theme ?? (wish.matches ? "light" : "dark");
  const label = () => button.setAttribute("aria-label", `Switch to ${current() === "dark" ? "light" : "dark"} theme`);
  const saved = localStorage.getItem(KEY);
  if (saved === "dark" || saved === "light") document.documentElement.dataset.theme = saved;
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = current() === "dark" ? "light" : "dark";
    localStorage.setItem(KEY, document.documentElement.dataset.theme);
    label();
  });
  wish.addEventListener("change", label);
  label();
}
