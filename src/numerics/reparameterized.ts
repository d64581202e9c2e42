// How gamma and beta variates move with their parameters: -(d cdf / d parameter) / density. PyTorch's approximations
// (aten/src/ATen/native/Distributions.h), so that gradients agree with its: series near the ends, saddle points for large
// parameters, fitted rational functions between.

function digamma(x: number): number {
  let sum = 0;
  let y = x;
  for (; y < 10; y++) sum -= 1 / y;
  const z = 1 / (y * y);
  const series =
    z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * (691 / 32760 - z / 12))))));
  return sum + Math.log(y) - 0.5 / y - series;
}
const cubic = ([a, b, c, d]: readonly number[], x: number): number => a + x * (b + x * (c + x * d));
const orZero = (x: number): number => (Number.isNaN(x) ? 0 : x);

/** d x / d alpha of a standard gamma variate x of shape alpha. */
export function gammaGradient(alpha: number, x: number): number {
  if (x < 0.8) return gammaSeries(alpha, x);
  return alpha > 8 ? gammaSaddle(alpha, x) : gammaFitted(alpha, x);
}
function gammaSeries(alpha: number, x: number): number {
  let term = 1;
  let first = 1 / alpha;
  let second = 1 / (alpha * alpha);
  for (let i = 1; i <= 5; i++) {
    term *= -x / i;
    first += term / (alpha + i);
    second += term / (alpha + i) ** 2;
  }
  const power = x ** alpha;
  const density = x ** (alpha - 1) * Math.exp(-x);
  return orZero(-((Math.log(x) - digamma(alpha)) * power * first - power * second) / density);
}
function gammaSaddle(alpha: number, x: number): number {
  if (0.9 * alpha <= x && x <= 1.1 * alpha) {
    const scale = 1 + 24 * alpha * (1 + 12 * alpha);
    const rest = 1440 * alpha * alpha + 6 * x * (53 - 120 * x) - (65 * x * x) / alpha + alpha * (107 + 3600 * x);
    return (scale * rest) / (1244160 * alpha ** 4);
  }
  const root = Math.sqrt(8 * alpha);
  const near = root / (alpha - x);
  const far = (x - alpha - alpha * Math.log(x / alpha)) ** -1.5;
  const both = x < alpha ? near - far : near + far;
  const inner = Math.log(x / alpha) * both - (Math.sqrt(2 / alpha) * (alpha + x)) / (alpha - x) ** 2;
  const stirling = 1 + (1 / (12 * alpha)) * (1 + 1 / (24 * alpha));
  return (-stirling * x * inner) / root;
}
// prettier-ignore
const GAMMA = [
  [0.16009398, -0.094634809, 0.025146376, -0.0030648343, 1, 0.32668115, 0.10406089, 0.0014179084],
  [0.53487893, 0.1298071, 0.065735949, -0.0015649758, 0.16639465, 0.020070113, -0.0035938915, -0.00058392623],
  [0.040121004, -0.0065914022, -0.0026286047, -0.0013441777, 0.017050642, -0.0021309326, 0.00085092367, -1.5247877e-7],
];
function gammaFitted(alpha: number, x: number): number {
  const u = Math.log(x / alpha);
  const v = Math.log(alpha);
  const fit = GAMMA[0].map((c, i) => c + u * (GAMMA[1][i] + u * GAMMA[2][i]));
  return Math.exp(cubic(fit.slice(0, 4), v) / cubic(fit.slice(4), v));
}

/** (d x / d alpha) / (1 - x) of a beta variate x with parameters alpha and total - alpha: what Dirichlet's gradients are of. */
export function dirichletGradient(x: number, alpha: number, total: number): number {
  const beta = total - alpha;
  const edge = total * x * (1 - x);
  if (x <= 0.5 && edge < 2.5) return byAlphaNearZero(x, alpha, beta);
  if (x >= 0.5 && edge < 0.75) return -byBetaNearZero(1 - x, beta, alpha);
  return alpha > 6 && beta > 6 ? betaSaddle(x, alpha, beta) : betaFitted(x, alpha, total);
}
function byAlphaNearZero(x: number, alpha: number, beta: number): number {
  const factor = digamma(alpha) - digamma(alpha + beta) - Math.log(x);
  let term = 1;
  let series = (1 / alpha) * (factor + 1 / alpha);
  for (let i = 1; i <= 10; i++) {
    term *= ((i - beta) * x) / i;
    series += (term / (alpha + i)) * (factor + 1 / (alpha + i));
  }
  return orZero(x * (1 - x) ** -beta * series);
}
function byBetaNearZero(x: number, alpha: number, beta: number): number {
  const factor = digamma(alpha + beta) - digamma(beta);
  let term = 1;
  let product = 1;
  let slope = 0;
  let series = factor / alpha;
  for (let i = 1; i <= 8; i++) {
    term *= -x / i;
    slope = slope * (beta - i) + product;
    product *= beta - i;
    series += (term / (alpha + i)) * (slope + factor * product);
  }
  return orZero(-((1 - x) ** (1 - beta)) * series);
}
function betaSaddle(x: number, alpha: number, beta: number): number {
  const total = alpha + beta;
  const mean = alpha / total;
  const deviation = Math.sqrt((alpha * beta) / (total + 1)) / total;
  const y = 1 - x;
  if (mean - 0.1 * deviation <= x && x <= mean + 0.1 * deviation) {
    const poly =
      47 * x * beta ** 4 +
      alpha *
        ((43 + 20 * (16 + 27 * beta) * x) * beta ** 3 +
          alpha *
            (3 * (59 + 180 * beta - 90 * x) * beta ** 2 +
              alpha * ((453 + 1620 * beta * y - 455 * x) * beta + alpha * (8 * y * (135 * beta - 11)))));
    const above = ((1 + 12 * alpha) * (1 + 12 * beta)) / (total * total);
    return ((above / y) * poly) / (12960 * alpha ** 3 * beta ** 2 * (1 + 12 * total));
  }
  const stirling = (n: number): number => 1 + 1 / (12 * n) + 1 / (288 * n * n);
  const across = beta * x - alpha * y;
  const first =
    (-2 * alpha * alpha * y - alpha * beta * y - x * beta * beta) /
    (Math.sqrt((2 * alpha) / beta) * total ** 1.5 * across ** 2);
  const second = 0.5 * Math.log(alpha / (total * x));
  const third = Math.sqrt((8 * alpha * beta) / total) / across;
  const fourth = (beta * Math.log(beta / (total * y)) + alpha * Math.log(alpha / (total * x))) ** -1.5;
  const scale = ((stirling(alpha) * stirling(beta)) / stirling(total)) * (-x / Math.sqrt((2 * alpha * beta) / total));
  return scale * (first + second * (third + (x < mean ? fourth : -fourth)));
}
// prettier-ignore
const BETA = [
  [[[1.003668233, -0.01061107488, -0.0657888334, 0.01201642863], [0.6336835991, -0.3557432599, 0.05486251648, -0.001465281033],
    [-0.03276231906, 0.004474107445, 0.002429354597, -0.0001557569013]],
   [[0.221950385, -0.3187676331, 0.01799915743, 0.01074823814], [-0.2951249643, 0.06219954479, 0.01535556598, 0.001550077057],
    [0.02155310298, 0.004170831599, 0.001292462449, 6.976601077e-05]],
   [[-0.05980841433, 0.008441916499, 0.01085618172, 0.002319392565], [0.02911413504, 0.01400243777, -0.002721828457, 0.000751041181],
    [0.005900514878, -0.001936558688, -9.495446725e-06, 5.385558597e-05]]],
  [[[1, -0.02924021934, -0.04438342661, 0.007285809825], [0.6357567472, -0.3473456711, 0.05454656494, -0.002407477521],
    [-0.03301322327, 0.004845219414, 0.00231480583, -0.0002307248149]],
   [[0.5925320577, -0.1757678135, 0.01505928619, 0.000564515273], [0.1014815858, -0.06589186703, 0.01272886114, -0.0007316646956],
    [-0.007258481865, 0.001096195486, 0.0003934994223, -4.12701925e-05]],
   [[0.06469649321, -0.0236701437, 0.002902096474, -5.896963079e-05], [0.001925008108, -0.002869809258, 0.0008000589141, -6.063713228e-05],
    [-0.0003477407336, 6.959756487e-05, 1.097287507e-05, -1.650964693e-06]]],
];
function betaFitted(x: number, alpha: number, total: number): number {
  const u = Math.log(x);
  const a = Math.log(alpha) - u;
  const b = Math.log(total) - a;
  const [p, q] = BETA.map((rows) =>
    rows.reduce((sum, row, i) => sum + u ** i * row.reduce((inner, c, j) => inner + a ** j * cubic(c, b), 0), 0),
  );
  return ((p / q) * (x * (digamma(total) - digamma(alpha)))) / (total - alpha);
}
