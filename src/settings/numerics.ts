// How exact and how repeatable programs ask for their numbers to be. All is kept, to be asked for again, and changes nothing
// but what memory holds that nobody has written: here every op gives the same for the same, and products of float32 are
// computed in full.
import { RuntimeError, TypeError, warn, warnings } from "../base/errors.ts";
import { callable } from "../dispatch/callable.ts";
import { typeWord } from "../tensor/type_word.ts";

const kept = { deterministic: false, warns: false, fills: true, precision: "highest" };

/** `torch.utils.deterministic` */
export const deterministic = {
  /**
   * Whether `empty` and its kin hold NaN, the largest integers or true while {@link use_deterministic_algorithms} asks for
   * it, so that what reads them before it writes is seen. True at first.
   */
  get fill_uninitialized_memory(): boolean {
    return kept.fills;
  },
  set fill_uninitialized_memory(on: boolean) {
    kept.fills = on;
  },
};
/** Whether memory that nobody has written is to be filled. */
export const fillsUnwritten = (): boolean => kept.deterministic && kept.fills;

/**
 * Asks for the same from the same, which every op gives anyway; tensors that nobody has written are filled from then on, see
 * {@link deterministic}. As `torch.use_deterministic_algorithms`.
 * @example
 * torch.use_deterministic_algorithms(true);
 * torch.empty(2) // tensor([nan, nan])
 */
export const use_deterministic_algorithms = callable(
  "use_deterministic_algorithms(bool mode, *, bool warn_only=False) -> None",
  ({ mode, warn_only }) => {
    kept.deterministic = mode;
    kept.warns = warn_only;
  },
);
/** What {@link use_deterministic_algorithms} said. */
export const are_deterministic_algorithms_enabled = callable(
  "are_deterministic_algorithms_enabled() -> bool",
  () => kept.deterministic,
);
/** Whether {@link use_deterministic_algorithms} asked for warnings alone. */
export const is_deterministic_algorithms_warn_only_enabled = callable(
  "is_deterministic_algorithms_warn_only_enabled() -> bool",
  () => kept.warns,
);
const LEVELS = ["default", "warn", "error"];
/** 0, 1 or 2: nothing, warnings, errors. As `torch.get_deterministic_debug_mode`. */
export const get_deterministic_debug_mode = callable("get_deterministic_debug_mode() -> int", () =>
  kept.deterministic ? (kept.warns ? 1 : 2) : 0,
);
/**
 * Sets it by number or name: "default", "warn", "error". Raises RuntimeError for another. As
 * `torch.set_deterministic_debug_mode`.
 */
export const set_deterministic_debug_mode = callable<{ debug_mode: number | string }>()(
  "set_deterministic_debug_mode(object debug_mode) -> None",
  ({ debug_mode }) => {
    if (!Number.isInteger(debug_mode) && typeof debug_mode !== "string")
      throw new TypeError(`debug_mode must be str or int, but got <class '${typeWord(debug_mode)}'>`);
    const level = typeof debug_mode === "string" ? LEVELS.indexOf(debug_mode) : debug_mode;
    if (typeof debug_mode === "string" && level < 0)
      throw new RuntimeError(
        `invalid value of debug_mode, expected one of \`default\`, \`warn\`, \`error\`, but got ${debug_mode}`,
      );
    if (![0, 1, 2].includes(level))
      throw new RuntimeError(`invalid value of debug_mode, expected 0, 1, or 2, but got ${debug_mode}`);
    kept.deterministic = level > 0;
    kept.warns = level === 1;
  },
);
/** What {@link set_float32_matmul_precision} said, "highest" before. As `torch.get_float32_matmul_precision`. */
export const get_float32_matmul_precision = callable("get_float32_matmul_precision() -> str", () => kept.precision);
/** Kept, and changes nothing: products of float32 are computed in full. Warns of a word that is none of the three. */
export const set_float32_matmul_precision = callable(
  "set_float32_matmul_precision(str precision) -> None",
  ({ precision }) => {
    if (["highest", "high", "medium"].includes(precision)) kept.precision = precision;
    else
      warn(
        `${precision} is not one of 'highest', 'high', or 'medium'; the currentsetFloat32MatmulPrecision call has no effect.`,
      );
  },
);
/** False: numbers near 0 cannot be flushed to it here. As `torch.set_flush_denormal`. */
export const set_flush_denormal = callable("set_flush_denormal(bool mode) -> bool", () => false);
/** Whether warnings that come once come every time. As `torch.set_warn_always`. */
export const set_warn_always = callable("set_warn_always(bool b) -> None", ({ b }) => {
  warnings.always = b;
});
export const is_warn_always_enabled = callable("is_warn_always_enabled() -> bool", () => warnings.always);
/** Always 1: ops run one after the other. As `torch.get_num_interop_threads`. */
export const get_num_interop_threads = callable("get_num_interop_threads() -> int", () => 1);
/** Changes nothing: ops run one after the other. As `torch.set_num_interop_threads`. */
export const set_num_interop_threads = callable("set_num_interop_threads(int n) -> None", () => {});
