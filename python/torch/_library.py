"""The library in JavaScript, `import _tidu`: what tidu/python registered, or else the copy that the wheel brings."""

try:
    import _tidu  # noqa: F401
except ModuleNotFoundError:
    from pathlib import Path

    from pyodide.code import run_js
    from pyodide_js import registerJsModule

    registerJsModule("_tidu", run_js((Path(__file__).parent / "_tidu.js").read_text()))
