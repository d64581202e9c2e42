// Transforms from all numbers into a region: torch.distributions.biject_to and transform_to.
import { NotImplementedError } from "../base/errors.ts";
import * as c from "./constraints.ts";
import type { Bound, Constraint } from "./constraints.ts";
import * as t from "./transforms.ts";
import type { Transform } from "./transforms.ts";

type Factory = (constraint: Constraint) => Transform;
/** By class of constraint, as `torch.distributions.constraint_registry.ConstraintRegistry`. */
export interface ConstraintRegistry {
  (constraint: Constraint): Transform;
  register(constraint: Constraint | (abstract new (...args: never[]) => Constraint), factory: Factory): void;
}
function registry(): ConstraintRegistry {
  const factories = new Map<unknown, Factory>();
  const find = (constraint: Constraint): Transform => {
    const factory = factories.get(constraint.constructor);
    if (factory === undefined)
      throw new NotImplementedError(`Cannot transform ${constraint.constructor.name} constraints`);
    return factory(constraint);
  };
  return Object.assign(find, {
    register: (constraint: unknown, factory: Factory) =>
      void factories.set(typeof constraint === "function" ? constraint : (constraint as object).constructor, factory),
  });
}
/** The one-to-one transform onto a region. */
export const biject_to: ConstraintRegistry = registry();
/** A transform onto a region, which need not be one-to-one. */
export const transform_to: ConstraintRegistry = registry();

type Bounds = { lower_bound: Bound; upper_bound: Bound };
const bounds = (constraint: Constraint): Bounds => constraint as unknown as Bounds;
const param = (bound: Bound): never => bound as never;
for (const registered of [biject_to, transform_to]) {
  registered.register(c.real, () => t.identity_transform);
  registered.register(c._IndependentConstraint, (x) => {
    const { base_constraint, reinterpreted_batch_ndims } = x as c._IndependentConstraint;
    return new t.IndependentTransform(registered(base_constraint), reinterpreted_batch_ndims);
  });
  for (const above of [c._GreaterThan, c._GreaterThanEq])
    registered.register(
      above,
      (x) => new t.ComposeTransform([new t.ExpTransform(), new t.AffineTransform(param(bounds(x).lower_bound), 1)]),
    );
  registered.register(
    c._LessThan,
    (x) => new t.ComposeTransform([new t.ExpTransform(), new t.AffineTransform(param(bounds(x).upper_bound), -1)]),
  );
  for (const between of [c._Interval, c._HalfOpenInterval])
    registered.register(between, (x) => {
      const { lower_bound: low, upper_bound: high } = bounds(x);
      if (c.isBound(low, 0) && c.isBound(high, 1)) return new t.SigmoidTransform();
      const width =
        typeof high === "object" && "sub" in high
          ? high.sub(param(low))
          : typeof low === "object" && "sub" in low
            ? low.neg().add(Number(high))
            : Number(high) - Number(low);
      return new t.ComposeTransform([new t.SigmoidTransform(), new t.AffineTransform(param(low), width)]);
    });
  registered.register(c.corr_cholesky, () => new t.CorrCholeskyTransform());
  registered.register(c._Cat, (x) => {
    const { cseq, dim, lengths } = x as c._Cat;
    return new t.CatTransform(cseq.map(registered), dim, lengths);
  });
  registered.register(c._Stack, (x) => {
    const { cseq, dim } = x as c._Stack;
    return new t.StackTransform(cseq.map(registered), dim);
  });
}
biject_to.register(c.simplex, () => new t.StickBreakingTransform());
transform_to.register(c.simplex, () => new t.SoftmaxTransform());
transform_to.register(c.lower_cholesky, () => new t.LowerCholeskyTransform());
for (const definite of [c.positive_definite, c.positive_semidefinite])
  transform_to.register(definite, () => new t.PositiveDefiniteTransform());
