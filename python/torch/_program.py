"""Running whole programs, with the tracebacks that they would have under PyTorch."""

import builtins
import errno
import json
import linecache
import os
import sys
import traceback
import types

_HERE = os.path.dirname(__file__) + "/_"


def _no_shell(command):
    """os.system, which in Node would run the command on the host: as refused as subprocess is."""
    raise OSError(errno.ENOTSUP, "emscripten does not support processes.")


os.system = sys.modules["posix"].system = _no_shell


def trim(error):
    """Takes off a traceback the frames of this module and, at its end, those that stand for PyTorch's C++."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
        frame = frame.tb_next
    last, own = frame, frame
    while own is not None:
        if not own.tb_frame.f_code.co_filename.startswith(_HERE):
            last = own
        own = own.tb_next
    if last is not None:
        last.tb_next = None
    return error.with_traceback(frame)


def run_source(source, filename):
    """Runs text as a program in a fresh namespace; gives type, text and traceback of what it raised as JSON, or None."""
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    scope = {"__name__": "__main__", "__builtins__": builtins, "__file__": filename}
    try:
        exec(compile(source, filename, "exec"), scope)
    except BaseException as error:
        trim(error)
        return json.dumps([type(error).__name__, str(error), "".join(traceback.format_exception(error))])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return None


def _tell_of_mounts(error, argv, folder_outside):
    """Adds to an error that a file or a module is not there how the program would see it."""
    if isinstance(error, OSError):
        paths = [os.path.abspath(path) for path in (error.filename, error.filename2) if isinstance(path, str)]
    elif isinstance(error, ModuleNotFoundError):
        paths = [path for path in sys.path if os.path.isabs(path)]
    else:
        return
    for folder in filter(None, map(folder_outside, paths)):
        error.add_note(
            f"A program sees its own folder and the current one; {folder} is neither.\n"
            f"To show it that one, too: tidu run --mount {folder} {argv[0]}"
        )
        return


def run_file(path, argv, folder_outside):
    """Runs a file as `python file` does; gives the exit status, or None after a KeyboardInterrupt that nothing caught."""
    import atexit

    main = types.ModuleType("__main__")
    main.__file__, main.__builtins__ = path, builtins
    sys.modules["__main__"] = main
    sys.argv = list(argv)
    sys.path.insert(0, os.path.dirname(path))
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())
    status = 0
    try:
        with open(path, "rb") as file:
            program = compile(file.read(), path, "exec")
        exec(program, main.__dict__)
    except SystemExit as exit:
        if exit.code is None or isinstance(exit.code, int):
            status = (exit.code or 0) & 255
        else:
            status = 1
            print(exit.code, file=sys.stderr)
    except BaseException as error:
        status = None if isinstance(error, KeyboardInterrupt) else 1
        _tell_of_mounts(error, sys.argv, folder_outside)
        sys.stdout.flush()
        sys.excepthook(type(error), trim(error), error.__traceback__)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    return status
