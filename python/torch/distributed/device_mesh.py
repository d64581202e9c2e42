"""Processes in rows and columns: each line along a dim is a group. The library's."""

from .._bridge import Held, holder, run as _run
from .._tensor import Tensor


@holder("DeviceMesh")
class DeviceMesh(Held):
    """The processes of the world, or some of them, in a grid."""

    def __init__(self, device_type, mesh=None, *, mesh_dim_names=None, backend_override=None, _init_backend=True):
        if mesh is not None:
            mesh = mesh.tolist() if isinstance(mesh, Tensor) else mesh
            device_type = _run("bridge.distMesh", device_type, mesh, _listed(mesh_dim_names))._number
        super().__init__(device_type)

    @staticmethod
    def from_group(group, device_type, mesh=None, *, mesh_dim_names=None):
        return _run("bridge.distMesh", device_type, group, _listed(mesh_dim_names))

    device_type = property(lambda self: _run("get.device_type", self))
    mesh = property(lambda self: _run("get.mesh", self))
    ndim = property(lambda self: _run("get.ndim", self))
    shape = property(lambda self: tuple(_run("get.shape", self)))

    @property
    def mesh_dim_names(self):
        names = _run("get.mesh_dim_names", self)
        return None if names is None else tuple(names)

    def size(self, mesh_dim=None):
        return _run("method.size", self, mesh_dim)

    def __getitem__(self, mesh_dim_names):
        names = (mesh_dim_names,) if isinstance(mesh_dim_names, str) else tuple(mesh_dim_names)
        return _run("method.get", self, *names)

    def get_group(self, mesh_dim=None):
        return _run("method.get_group", self, mesh_dim)

    def get_all_groups(self):
        return list(_run("method.get_all_groups", self))

    def get_rank(self):
        return _run("method.get_rank", self)

    def get_local_rank(self, mesh_dim=None):
        return _run("method.get_local_rank", self, mesh_dim)

    def get_coordinate(self):
        at = _run("method.get_coordinate", self)
        return None if at is None else tuple(at)

    def __repr__(self):
        return _run("method.toString", self)

    def _key(self):
        return self.device_type, self.shape, self.mesh_dim_names, tuple(self.mesh.flatten().tolist())

    def __eq__(self, other):
        return self is other or isinstance(other, DeviceMesh) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key())


def _listed(names):
    return None if names is None else list(names)


def init_device_mesh(device_type, mesh_shape, *, mesh_dim_names=None, backend_override=None):
    """All processes of the world, in their order, as a grid."""
    return _run("distributed.init_device_mesh", device_type, list(mesh_shape), {"mesh_dim_names": _listed(mesh_dim_names)})
