"""torch.hub: models of folders that have a hubconf.py, and state dicts of files. What is not on this machine is not fetched."""

import hashlib
import importlib.util
import os
import re
import sys
import urllib.parse
import urllib.request

from .serialization import load as _load

_hub_dir = None
HASH = re.compile(r"-([a-f0-9]*)\.")


def get_dir():
    if _hub_dir is not None:
        return _hub_dir
    home = os.getenv("TORCH_HOME", os.path.join(os.getenv("XDG_CACHE_HOME", "~/.cache"), "torch"))
    return os.path.join(os.path.expanduser(home), "hub")


def set_dir(d):
    global _hub_dir
    _hub_dir = os.path.expanduser(d)


def _entries(repo, source):
    if source.lower() not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    if source.lower() != "local":
        owner, _, name = repo.partition("/")
        name, _, branch = name.partition(":")
        kept = os.path.join(get_dir(), "_".join((owner, name, (branch or "main").replace("/", "_"))))
        if not os.path.exists(kept):
            raise RuntimeError(
                f"torch.hub: {repo} is not on this machine, and nothing is fetched here.\nFetch the repository yourself and load it with source='local' and the folder's path."
            )
        repo = kept
    sys.path.insert(0, repo)
    try:
        spec = importlib.util.spec_from_file_location("hubconf", os.path.join(repo, "hubconf.py"))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(repo)
    needed = [name for name in getattr(module, "dependencies", []) if importlib.util.find_spec(name) is None]
    if needed:
        raise RuntimeError(f"Missing dependencies: {', '.join(needed)}")
    return module


def _entry(module, name):
    if not isinstance(name, str):
        raise ValueError("Invalid input: model should be a string of function name")
    found = getattr(module, name, None)
    if not callable(found):
        raise RuntimeError(f"Cannot find callable {name} in hubconf")
    return found


def list(github, force_reload=False, skip_validation=False, trust_repo="check", verbose=True, *, source="github"):
    """The names that a hubconf.py has."""
    module = _entries(github, source)
    return [name for name in dir(module) if callable(getattr(module, name)) and not name.startswith("_")]


def help(github, model, force_reload=False, skip_validation=False, trust_repo="check", *, source="github"):
    return _entry(_entries(github, source), model).__doc__


def load(
    repo_or_dir, model, *args, source="github", trust_repo="check", force_reload=False, verbose=True, skip_validation=False, calls_in_load_model=False, **kwargs
):
    """What a function of a folder's hubconf.py makes."""
    return _entry(_entries(repo_or_dir, source), model)(*args, **kwargs)


def download_url_to_file(url, dst, hash_prefix=None, progress=True):
    """Copies what is at `url`, which may be of a file, to a file. Raises RuntimeError if its SHA256 does not begin with the prefix."""
    with urllib.request.urlopen(url) as source:
        data = source.read()
    digest = hashlib.sha256(data).hexdigest()
    if hash_prefix is not None and not digest.startswith(hash_prefix):
        raise RuntimeError(f'invalid hash value (expected "{hash_prefix}", got "{digest}")')
    with open(dst, "wb") as file:
        file.write(data)


def load_state_dict_from_url(
    url, model_dir=None, map_location=None, progress=True, check_hash=False, file_name=None, weights_only=False
):
    """The state dict of a file in `model_dir`, which is copied from the url if it is not there."""
    model_dir = os.path.join(get_dir(), "checkpoints") if model_dir is None else model_dir
    os.makedirs(model_dir, exist_ok=True)
    name = file_name or os.path.basename(urllib.parse.urlparse(url).path)
    path = os.path.join(model_dir, name)
    if not os.path.exists(path):
        sys.stderr.write(f'Downloading: "{url}" to {path}\n')
        found = HASH.search(name) if check_hash else None
        download_url_to_file(url, path, found.group(1) if found else None, progress)
    return _load(path, map_location=map_location, weights_only=weights_only)
