"""The promises about the shape of the code, held by reading the files."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE_FOLDERS = ("bot", "cogs")
TEXT_FOLDERS = (*CODE_FOLDERS, "tests", "docs", "bench", ".ci")
TEXT_ENDINGS = {".py", ".js", ".css", ".html", ".md", ".toml", ".yaml", ".yml", ".json", ".txt", ""}
MAX_FILE, MAX_FUNCTION, MAX_CALLBACK, MAX_PARAMETERS = 300, 40, 15, 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str, endings: tuple[str, ...] = (".py",)) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(p for p in found if p.suffix in endings and "__pycache__" not in p.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(*folders: str) -> Iterator[tuple[str, Function]]:
    for path in files(*folders):
        for node in ast.walk(parsed(path)):
            if isinstance(node, Function):
                yield f"{name(path)}:{node.lineno} {node.name}", node


def is_callback(node: Function) -> bool:
    """A command or menu entry: its parameters are the options that people see."""
    decorators = [ast.unparse(decorator).split("(")[0] for decorator in node.decorator_list]
    return any(d.endswith((".command", ".context_menu")) for d in decorators)


def body_lines(node: Function) -> int:
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def parameters(node: Function) -> int:
    a = node.args
    named = [p for p in (*a.posonlyargs, *a.args, *a.kwonlyargs) if p.arg not in ("self", "cls")]
    return len(named) + (a.vararg is not None) + (a.kwarg is not None)


def test_imports_follow_the_arrow() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(  # noqa: S603  # our own gate
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_too_long() -> None:
    every = files(*CODE_FOLDERS, "tests", endings=(".py", ".js", ".css"))
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in every}
    assert {path: n for path, n in lengths.items() if n > MAX_FILE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        where: (node.end_lineno or 0) - node.lineno + 1
        for where, node in functions(*CODE_FOLDERS, "tests")
        if "/migrations/versions/" not in where  # a revision is a list of facts
    }
    assert {where: n for where, n in lengths.items() if n > MAX_FUNCTION} == {}


def test_no_callback_is_too_long() -> None:
    lengths = {where: body_lines(node) for where, node in functions("cogs") if is_callback(node)}
    assert {where: n for where, n in lengths.items() if n > MAX_CALLBACK} == {}


def test_no_function_takes_too_many_parameters() -> None:
    counts = {
        where: parameters(node) for where, node in functions(*CODE_FOLDERS) if not is_callback(node)
    }
    assert {where: n for where, n in counts.items() if n > MAX_PARAMETERS} == {}


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        name(path)
        for path in files(*CODE_FOLDERS, "tests")
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_only_the_settings_read_the_environment() -> None:
    readers = re.compile(r"\bos\.(environ|getenv)\b|from os import .*\b(environ|getenv)\b")
    found = [
        name(path)
        for path in files(*CODE_FOLDERS)
        if path != ROOT / "bot" / "config.py" and readers.search(ast.unparse(parsed(path)))
    ]
    assert found == []


def read_tree(text: str) -> list[str]:
    """The paths of the first fenced block; an indented one is below the folder above it."""
    block = re.search(r"(?ms)^```\w*\n(.*?)^```", text)
    lines = block[1].splitlines() if block else []
    paths: list[str] = []
    folders: list[tuple[int, str]] = []
    for line in filter(str.strip, lines):
        indent, word = len(line) - len(line.lstrip()), line.split()[0]
        folders = [folder for folder in folders if folder[0] < indent]
        path = (folders[-1][1] if folders else "") + word
        paths.append(path)
        if word.endswith("/"):
            folders.append((indent, path))
    return paths


def test_the_tree_is_read_flat_or_indented() -> None:
    flat = "# x\n```\nbot/\nbot/app.py   wires\n```\n```\nno\n```\n"
    indented = "```text\nbot/   all\n  core/\n    a.py  rules of a\n  app.py\ncogs/b.py\n```"
    assert read_tree(flat) == ["bot/", "bot/app.py"]
    assert read_tree(indented) == ["bot/", "bot/core/", "bot/core/a.py", "bot/app.py", "cogs/b.py"]


def test_the_architecture_page_names_every_module_and_nothing_else() -> None:
    paths = read_tree((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert paths, "ARCHITECTURE.md has no fenced tree"
    assert [path for path in paths if not (ROOT / path).exists()] == []
    # A folder with no line of its own content stands for all of it.
    whole = tuple(
        p for p in paths if p.endswith("/") and not any(q.startswith(p) and q != p for q in paths)
    )
    modules = [
        name(path)
        for path in files(*CODE_FOLDERS)
        if path.name != "__init__.py" and not name(path).startswith(whole)
    ]
    assert [module for module in modules if module not in paths] == []


def test_the_lock_names_no_address_and_pins_everything() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"(?m)^\s*--(index|extra|find|trusted)", text)
    entries = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
    assert entries
    assert [e.splitlines()[0] for e in entries if "==" not in e or "--hash=sha256:" not in e] == []
    assert text.count("# --- below this line") == 1


def test_the_example_of_settings_is_there() -> None:
    assert (ROOT / ".env.example").is_file()


def skips_without_reason(tree: ast.Module) -> list[int]:
    """Lines with a skip whose mark or call gives no reason; `skipif` must name it."""
    calls = {id(n.func): n for n in ast.walk(tree) if isinstance(n, ast.Call)}
    lines: list[int] = []
    for node in ast.walk(tree):
        skip = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        if skip not in ("pytest.skip", "pytest.mark.skip", "pytest.mark.skipif"):
            continue
        call = calls.get(id(node))
        named = call is not None and any(k.arg == "reason" for k in call.keywords)
        if not (named or (call and call.args and skip != "pytest.mark.skipif")):
            lines.append(node.lineno)
    return sorted(lines)


def test_a_skip_without_reason_is_found() -> None:
    source = "pytest.skip()\npytest.skip('x')\npytest.mark.skip\npytest.mark.skipif(True)\n"
    assert skips_without_reason(ast.parse(source)) == [1, 3, 4]


@pytest.mark.parametrize("path", files("tests"), ids=name)
def test_every_skip_has_a_reason(path: Path) -> None:
    assert skips_without_reason(parsed(path)) == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    machine = re.compile(r"(?<![\w.$}])/(?:home|work|root|Users)/\w")
    texts = files(*TEXT_FOLDERS, endings=tuple(TEXT_ENDINGS))
    # What coverage keeps comes and goes while other workers run.
    lasting = [p for p in ROOT.iterdir() if not p.name.startswith(".coverage")]
    tops = [p for p in lasting if p.is_file() and p.name not in (".git", ".env")]
    found = [
        f"{name(path)}:{number}"
        for path in (*texts, *tops)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if machine.search(line)
    ]
    assert found == []
