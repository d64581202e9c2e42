// torch.backends: which of PyTorch's libraries are behind the ops. None is.
interface Library {
  /** Whether it can be used. */
  is_available(): boolean;
}
const absent: Library = { is_available: () => false };

/** Switches are kept and change nothing. */
export const cudnn: Library & {
  enabled: boolean;
  benchmark: boolean;
  deterministic: boolean;
  version(): number | null;
} = {
  ...absent,
  enabled: true,
  benchmark: false,
  deterministic: false,
  version: () => null,
};
export const cuda: { is_built(): boolean; matmul: { allow_tf32: boolean } } = {
  is_built: () => false,
  matmul: { allow_tf32: false },
};
export const mps: Library & { is_built(): boolean } = { ...absent, is_built: () => false };
export const mkl: Library = absent;
export const mkldnn: Library = absent;
export const openmp: Library = absent;
