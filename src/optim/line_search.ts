// Searches along a line for a step length that satisfies the strong Wolfe conditions.

/** A point of the line. */
export interface Point<G> {
  /** How far it is. */
  readonly t: number;
  readonly loss: number;
  /** The derivative along the line. */
  readonly slope: number;
  readonly grad: G;
}

const [SUFFICIENT_DECREASE, CURVATURE, LEAST_CHANGE] = [1e-4, 0.9, 1e-9];

/**
 * From `start` (t = 0) with `first` as the first guess. First goes out until a bracket surely holds a good point, then
 * narrows the bracket; both by cubic interpolation. `scale` is the largest movement of a parameter for t = 1. Returns the
 * best point and the number of evaluations.
 *
 * Source: Nocedal and Wright, "Numerical optimization", algorithms 3.5 and 3.6; limits and safeguards as PyTorch's.
 */
export function strongWolfe<G>(
  evaluate: (t: number) => Point<G>,
  start: Point<G>,
  first: number,
  scale: number,
  limit: number,
): { point: Point<G>; evaluations: number } {
  const rises = (p: Point<G>): boolean => p.loss > start.loss + SUFFICIENT_DECREASE * p.t * start.slope;
  const isFlat = (p: Point<G>): boolean => Math.abs(p.slope) <= -CURVATURE * start.slope;

  let rounds = 0;
  let [previous, now] = [start, evaluate(first)];
  let bracket: [Point<G>, Point<G>] | null = null;
  while (bracket === null && rounds < limit) {
    const worse = rises(now) || (rounds > 1 && now.loss >= previous.loss);
    if (!worse && isFlat(now)) return { point: now, evaluations: rounds + 1 };
    if (worse || now.slope >= 0) bracket = [previous, now];
    else {
      const t = cubicMinimum(previous, now, now.t + 0.01 * (now.t - previous.t), now.t * 10);
      [previous, now] = [now, evaluate(t)];
      rounds++;
    }
  }
  bracket ??= [start, now];

  let stuck = false;
  let low: 0 | 1 = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  while (rounds < limit) {
    const [left, right] = [Math.min(bracket[0].t, bracket[1].t), Math.max(bracket[0].t, bracket[1].t)];
    if ((right - left) * scale < LEAST_CHANGE) break;
    let t = cubicMinimum(bracket[0], bracket[1], left, right);
    // A guess too near the ends is moved inside, if it is the second in a row or at the very end.
    const margin = 0.1 * (right - left);
    if (Math.min(right - t, t - left) < margin) {
      const move: boolean = stuck || t >= right || t <= left;
      if (move) t = Math.abs(t - right) < Math.abs(t - left) ? right - margin : left + margin;
      stuck = !move;
    } else stuck = false;

    const point = evaluate(t);
    rounds++;
    const high: 0 | 1 = low === 0 ? 1 : 0;
    if (rises(point) || point.loss >= bracket[low].loss) {
      bracket[high] = point;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
    } else {
      const flat = isFlat(point);
      if (!flat && point.slope * (bracket[high].t - bracket[low].t) >= 0) bracket[high] = bracket[low];
      bracket[low] = point;
      if (flat) break;
    }
  }
  return { point: bracket[low], evaluations: rounds + 1 };
}

/** Where the cubic through two points with their slopes is least, within bounds; their middle if it has no minimum. */
function cubicMinimum<G>(a: Point<G>, b: Point<G>, least: number, most: number): number {
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const d1 = left.slope + right.slope - (3 * (left.loss - right.loss)) / (left.t - right.t);
  const square = d1 ** 2 - left.slope * right.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const d2 = Math.sqrt(square);
  const t = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return Math.min(Math.max(t, least), most);
}
