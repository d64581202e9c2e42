/**
 * Writes the sample calls of test/samples as JSON for tools/record/second_derivatives.py: the op's name, the number of the
 * sample, and its arguments by name.
 */
import { Complex, Dtype, Tensor } from "../../src/index.ts";
import { bind } from "../../src/dispatch/bind.ts";
import { registry } from "../../src/dispatch/declare.ts";
import { samples } from "../../test/samples/index.ts";

const asJson = (x: unknown): unknown => {
  if (x instanceof Tensor) {
    const flat = x.detach().reshape([-1]);
    const parts = flat.dtype.is_complex ? flat.view_as_real().reshape([-1]) : flat;
    const values = Array.from(parts.tolist() as Iterable<number>, (v) => String(v));
    return { tensor: values, dtype: x.dtype.name, shape: x.sizes, requires_grad: x.requires_grad };
  }
  if (x instanceof Complex) return { complex: [x.re, x.im] };
  if (x instanceof Dtype) return { dtype: x.name };
  if (Array.isArray(x)) return x.map(asJson);
  return typeof x === "bigint" || (typeof x === "number" && !Number.isFinite(x)) ? { number: String(x) } : x;
};
const calls = [...registry.values()].flatMap(({ schema, inplaceOf }) =>
  inplaceOf !== null
    ? []
    : (samples[schema.name]?.() ?? []).map((given, sample) => {
        const values = bind(schema, given);
        const args = Object.fromEntries(schema.args.map(({ name }, i) => [name, asJson(values[i])]));
        return { name: schema.name, sample, args };
      }),
);
process.stdout.write(JSON.stringify(calls));
