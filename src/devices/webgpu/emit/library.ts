// Functions in WGSL that expressions call: 64-bit integers as pairs of words, 16-bit floats, what C does where WGSL does not.

/** Functions by name, each with those that it calls. A shader gets those that it uses. */
const FUNCTIONS: Readonly<Record<string, readonly [text: string, ...calls: string[]]>> = {
  // WGSL lets an implementation think that there is no NaN: bits tell.
  isnan: ["fn isnan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }"],
  fmin: [
    `fn fmin(x: f32, y: f32) -> f32 {
  if (isnan(x)) { return x; }
  if (isnan(y)) { return y; }
  if (x == y) { return bitcast<f32>(bitcast<u32>(x) | bitcast<u32>(y)); }
  return select(y, x, x < y);
}`,
    "isnan",
  ],
  fmax: [
    `fn fmax(x: f32, y: f32) -> f32 {
  if (isnan(x)) { return x; }
  if (isnan(y)) { return y; }
  if (x == y) { return bitcast<f32>(bitcast<u32>(x) & bitcast<u32>(y)); }
  return select(y, x, x > y);
}`,
    "isnan",
  ],
  // Exact, by long division of the digits.
  fmod: [
    `fn fmod(x: f32, y: f32) -> f32 {
  let sign = bitcast<u32>(x) & 0x80000000u;
  var a = bitcast<u32>(x) & 0x7fffffffu;
  var b = bitcast<u32>(y) & 0x7fffffffu;
  if (a >= 0x7f800000u || b > 0x7f800000u || b == 0u) { return bitcast<f32>(0x7fc00000u | (sign & a)); }
  if (a < b) { return x; }
  var ea = i32(a >> 23u);
  var eb = i32(b >> 23u);
  if (ea == 0) { let s = countLeadingZeros(a) - 8u; a <<= s; ea = 1 - i32(s); } else { a = (a & 0x7fffffu) | 0x800000u; }
  if (eb == 0) { let s = countLeadingZeros(b) - 8u; b <<= s; eb = 1 - i32(s); } else { b = (b & 0x7fffffu) | 0x800000u; }
  while (ea > eb) {
    if (a >= b) { a -= b; }
    a <<= 1u;
    ea--;
  }
  if (a >= b) { a -= b; }
  if (a == 0u) { return bitcast<f32>(sign); }
  let up = i32(countLeadingZeros(a)) - 8;
  a <<= u32(up);
  ea -= up;
  if (ea > 0) { return bitcast<f32>(sign | (a & 0x7fffffu) | (u32(ea) << 23u)); }
  return bitcast<f32>(sign | (a >> u32(1 - ea)));
}`,
  ],
  // x less its nearest multiple of pi/2, and the last bits of that multiple. The product with 2/pi is exact as far as it
  // counts: of the digits of 2/pi those are taken that the exponent of x leaves (Payne and Hanek, 1983).
  quarters: [
    `struct Quarters { r: f32, n: u32 }
const two_over_pi = array<u32, 8>(0u, 0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u);
fn high_product(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu; let ah = a >> 16u;
  let bl = b & 0xffffu; let bh = b >> 16u;
  let mid = ah * bl + ((al * bl) >> 16u);
  let mid2 = al * bh + (mid & 0xffffu);
  return ah * bh + (mid >> 16u) + (mid2 >> 16u);
}
fn quarters(x: f32) -> Quarters {
  if (abs(x) < 0.7853981f) { return Quarters(x, 0u); }
  let bits = bitcast<u32>(x);
  if ((bits & 0x7f800000u) == 0x7f800000u) { return Quarters(bitcast<f32>(nan_bits), 0u); }
  // |x| = m 2^(e - 158); of m times 2/pi those digits that count quarters below 4, and 62 bits of a fraction of one.
  let m = (bits << 8u) | 0x80000000u;
  let shift = ((bits >> 23u) & 0xffu) - 96u;
  let i = shift >> 5u;
  let up = shift & 31u;
  var table = two_over_pi;
  var w0 = table[i]; var w1 = table[i + 1u]; var w2 = table[i + 2u];
  if (up > 0u) {
    let down = 32u - up;
    w0 = (w0 << up) | (w1 >> down);
    w1 = (w1 << up) | (w2 >> down);
    w2 = (w2 << up) | (table[min(i + 3u, 7u)] >> down);
  }
  let low = add64(vec2u(high_product(m, w2), 0u), vec2u(m * w1, high_product(m, w1)));
  let p = vec2u(low.x, low.y + m * w0);
  // Quarters in the two highest bits, the rest a fraction of one, which is centred at 0.
  var n = p.y >> 30u;
  var rest = vec2u(p.x, p.y & 0x3fffffffu);
  if ((rest.y & 0x20000000u) != 0u) { rest.y -= 0x40000000u; n++; }
  let r = f32_of64(rest) * 3.4061215800e-19f;
  if ((bits >> 31u) != 0u) { return Quarters(-r, 0u - n); }
  return Quarters(r, n);
}`,
    "add64",
    "f32_of64",
  ],
  sin_near: [
    "fn sin_near(r: f32) -> f32 { let z = r * r; return fma(r * z, fma(z, fma(z, -0.000195868828f, 0.0083327436f), -0.166666646f), r); }",
  ],
  cos_near: [
    "fn cos_near(r: f32) -> f32 { let z = r * r; return fma(z * z, fma(z, fma(z, 2.45469318e-5f, -0.00138882984f), 0.0416666464f), fma(z, -0.5f, 1.0f)); }",
  ],
  turned: [
    `fn turned(r: f32, n: u32) -> f32 {
  let x = select(sin_near(r), cos_near(r), (n & 1u) != 0u);
  return select(x, -x, (n & 2u) != 0u);
}`,
    "sin_near",
    "cos_near",
  ],
  sin32: ["fn sin32(x: f32) -> f32 { let q = quarters(x); return turned(q.r, q.n); }", "quarters", "turned"],
  cos32: ["fn cos32(x: f32) -> f32 { let q = quarters(x); return turned(q.r, q.n + 1u); }", "quarters", "turned"],
  tan32: [
    `fn tan32(x: f32) -> f32 {
  let q = quarters(x);
  let s = sin_near(q.r);
  let c = cos_near(q.r);
  return select(s / c, -c / s, (q.n & 1u) != 0u);
}`,
    "quarters",
    "sin_near",
    "cos_near",
  ],
  // Two floats whose sum is a product, by halves of the digits (Dekker, 1971).
  product32: [
    `fn leading32(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }
fn product32(a: f32, b: f32) -> vec2f {
  let p = a * b;
  let ah = leading32(a); let al = a - ah;
  let bh = leading32(b); let bl = b - bh;
  return vec2f(p, ((ah * bh - p) + ah * bl + al * bh) + al * bl);
}`,
  ],
  // 2^(y log2 |x|), the logarithm in two floats, as an error of it grows by up to 2^7.
  pow_size: [
    `fn pow_size(x: f32, y: f32) -> f32 {
  var a = x;
  var e = 0;
  if (a < 1.1754944e-38f) { a *= 16777216.0f; e = -24; }
  let bits = bitcast<i32>(a);
  let k = (bits - 0x3f3504f3) >> 23u;
  let f = bitcast<f32>(bits - (k << 23u)) - 1.0f;
  e += k;
  // log(1 + f) = 2 (s + s^3 / 3 + s^5 / 5 + ...) with s = f / (2 + f), of which the leading digits and what they lack.
  let d = 2.0f + f;
  let d_low = f - (d - 2.0f);
  let s = f / d;
  let back = product32(s, d);
  let s_low = ((f - back.x) - back.y - s * d_low) / d;
  let z = s * s;
  let tail = s * z * fma(z, fma(z, fma(z, fma(z, 0.18181819f, 0.22222222f), 0.2857143f), 0.4f), 0.6666667f);
  // In base 2: times 1 / log 2 in two parts.
  let main = product32(2.0f * s, 1.442695f);
  let rest = main.y + 2.0f * s * 1.9259629e-8f + (2.0f * s_low + tail) * 1.442695f;
  let whole = f32(e);
  let high = whole + main.x;
  let low = (main.x - (high - whole)) + rest;
  let log = high + low;
  let log_low = low - (log - high);
  let t = product32(log, y);
  let t_low = t.y + log_low * y;
  if (!(t.x < 130.0f)) { return bitcast<f32>(inf_bits); }
  if (t.x < -151.0f) { return 0.0f; }
  let n = round(t.x);
  let r = (t.x - n) + t_low;
  let u = r * 0.6931472f;
  let near = 1.0f + u * fma(u, fma(u, fma(u, fma(u, fma(u, 0.0013888889f, 0.008333333f), 0.041666668f), 0.16666667f), 0.5f), 1.0f);
  let half = i32(n) / 2;
  return near * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((i32(n) - half + 127) << 23u);
}`,
    "product32",
  ],
  pow32: [
    `fn pow32(x: f32, y: f32) -> f32 {
  if (y == 0.0f || x == 1.0f) { return 1.0f; }
  if (isnan(x) || isnan(y)) { return bitcast<f32>(nan_bits); }
  let a = abs(x);
  let is_endless = abs(y) == bitcast<f32>(inf_bits);
  let is_whole = is_endless || trunc(y) == y;
  let is_odd = is_whole && abs(y) < 16777216.0f && (i32(y) & 1) != 0;
  var p = 1.0f;
  if (is_endless) {
    if (a != 1.0f) { p = select(0.0f, bitcast<f32>(inf_bits), (a > 1.0f) == (y > 0.0f)); }
  } else if (a == 0.0f || a == bitcast<f32>(inf_bits)) {
    p = select(0.0f, bitcast<f32>(inf_bits), (a == 0.0f) == (y < 0.0f));
  } else {
    if (x < 0.0f && !is_whole) { return bitcast<f32>(nan_bits); }
    p = pow_size(a, y);
  }
  return select(p, -p, is_odd && (bitcast<u32>(x) >> 31u) != 0u);
}`,
    "isnan",
    "pow_size",
  ],
  copysign: [
    "fn copysign(x: f32, y: f32) -> f32 { return bitcast<f32>((bitcast<u32>(x) & 0x7fffffffu) | (bitcast<u32>(y) & 0x80000000u)); }",
  ],
  nextafter: [
    `fn nextafter(x: f32, y: f32) -> f32 {
  if (isnan(x)) { return x; }
  if (isnan(y)) { return y; }
  let a = bitcast<i32>(x);
  let b = bitcast<i32>(y);
  let p = select(a, -(a & 0x7fffffff), a < 0);
  let q = select(b, -(b & 0x7fffffff), b < 0);
  if (p == q) { return y; }
  if (p == 0) { return bitcast<f32>(select(0x80000001u, 1u, q > 0)); }
  return bitcast<f32>(select(a - 1, a + 1, (q > p) == (p > 0)));
}`,
    "isnan",
  ],
  // What is too large, and NaN, becomes the lowest integer.
  to_i32: [
    "fn to_i32(x: f32) -> i32 { return select(i32(-2147483647 - 1), i32(x), x >= -2147483648.0 && x < 2147483648.0); }",
  ],
  shl: ["fn shl(x: i32, y: i32, width: i32) -> i32 { return select(x << u32(y & 31), 0, y < 0 || y >= width); }"],
  shr: [
    "fn shr(x: i32, y: i32, width: i32) -> i32 { return x >> u32(select(y, width - 1, y < 0 || y >= width) & 31); }",
  ],
  shr_u8: ["fn shr_u8(x: i32, y: i32) -> i32 { return select(x >> u32(y & 31), 0, y < 0 || y >= 8); }"],
  div_i32: ["fn div_i32(x: i32, y: i32) -> i32 { if (y == 0) { return 0; } return x / y; }"],
  rem_i32: ["fn rem_i32(x: i32, y: i32) -> i32 { if (y == 0 || y == -1) { return 0; } return x % y; }"],
  pow_i32: [
    `fn pow_i32(x: i32, y: i32) -> i32 {
  if (y < 0) { if (x == 1) { return 1; } if (x == -1) { return select(1, -1, (y & 1) != 0); } return 0; }
  var p = 1;
  var b = x;
  for (var n = y; n != 0; n >>= 1u) { if ((n & 1) != 0) { p *= b; } b *= b; }
  return p;
}`,
  ],

  // 16-bit floats: their values are float32, rounded to what the 16 bits can hold.
  f16_value: [
    `fn f16_value(bits: u32) -> f32 {
  let size = bits & 0x7fffu;
  var x = f32(size) * 5.9604644775390625e-8;
  if (size >= 0x400u) { x = bitcast<f32>((size << 13u) + 0x38000000u); }
  if (size >= 0x7c00u) { x = bitcast<f32>((size << 13u) | 0x7f800000u); }
  return bitcast<f32>(bitcast<u32>(x) | ((bits & 0x8000u) << 16u));
}`,
  ],
  f16_bits: [
    `fn f16_bits(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  var n = 0x7e00u;
  if (size <= 0x7f800000u) {
    if (size < 0x38800000u) { n = u32(round(bitcast<f32>(size) * 16777216.0)); }
    else { n = min((size + 0xfffu + ((size >> 13u) & 1u) - 0x38000000u) >> 13u, 0x7c00u); }
  }
  return n | ((bits >> 16u) & 0x8000u);
}`,
  ],
  f16_round: ["fn f16_round(x: f32) -> f32 { return f16_value(f16_bits(x)); }", "f16_value", "f16_bits"],
  bf16_value: ["fn bf16_value(bits: u32) -> f32 { return bitcast<f32>(bits << 16u); }"],
  bf16_bits: [
    `fn bf16_bits(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return 0x7fc0u; }
  return (bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u;
}`,
  ],
  bf16_round: ["fn bf16_round(x: f32) -> f32 { return bf16_value(bf16_bits(x)); }", "bf16_value", "bf16_bits"],

  // int64: x is the lower word, y the higher.
  i64_of: ["fn i64_of(x: i32) -> vec2u { return vec2u(bitcast<u32>(x), select(0u, 0xffffffffu, x < 0)); }"],
  add64: [
    "fn add64(a: vec2u, b: vec2u) -> vec2u { let x = a.x + b.x; return vec2u(x, a.y + b.y + select(0u, 1u, x < a.x)); }",
  ],
  neg64: ["fn neg64(a: vec2u) -> vec2u { return vec2u(0u - a.x, 0u - a.y - select(0u, 1u, a.x != 0u)); }"],
  sub64: ["fn sub64(a: vec2u, b: vec2u) -> vec2u { return vec2u(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x)); }"],
  mul64: [
    `fn mul64(a: vec2u, b: vec2u) -> vec2u {
  let al = a.x & 0xffffu; let ah = a.x >> 16u;
  let bl = b.x & 0xffffu; let bh = b.x >> 16u;
  let low = al * bl;
  let mid = ah * bl + (low >> 16u);
  let mid2 = al * bh + (mid & 0xffffu);
  let high = ah * bh + (mid >> 16u) + (mid2 >> 16u);
  return vec2u(a.x * b.x, high + a.x * b.y + a.y * b.x);
}`,
  ],
  eq64: ["fn eq64(a: vec2u, b: vec2u) -> bool { return a.x == b.x && a.y == b.y; }"],
  ult64: ["fn ult64(a: vec2u, b: vec2u) -> bool { return a.y < b.y || (a.y == b.y && a.x < b.x); }"],
  lt64: [
    "fn lt64(a: vec2u, b: vec2u) -> bool { return bitcast<i32>(a.y) < bitcast<i32>(b.y) || (a.y == b.y && a.x < b.x); }",
  ],
  abs64: ["fn abs64(a: vec2u) -> vec2u { return select(a, neg64(a), a.y >= 0x80000000u); }", "neg64"],
  shl64: [
    `fn shl64(a: vec2u, n: vec2u) -> vec2u {
  if (n.y != 0u || n.x >= 64u) { return vec2u(0u); }
  if (n.x >= 32u) { return vec2u(0u, a.x << (n.x & 31u)); }
  if (n.x == 0u) { return a; }
  return vec2u(a.x << n.x, (a.y << n.x) | (a.x >> (32u - n.x)));
}`,
  ],
  shr64: [
    `fn shr64(a: vec2u, n: vec2u) -> vec2u {
  let high = bitcast<i32>(a.y);
  let sign = bitcast<u32>(high >> 31u);
  if (n.y != 0u || n.x >= 64u) { return vec2u(sign); }
  if (n.x >= 32u) { return vec2u(bitcast<u32>(high >> (n.x & 31u)), sign); }
  if (n.x == 0u) { return a; }
  return vec2u((a.x >> n.x) | (a.y << (32u - n.x)), bitcast<u32>(high >> n.x));
}`,
  ],
  // Quotient and remainder of numbers without sign, bit by bit.
  udivrem64: [
    `fn udivrem64(a: vec2u, b: vec2u) -> vec4u {
  if (a.y == 0u && b.y == 0u) { return vec4u(a.x / b.x, 0u, a.x % b.x, 0u); }
  var q = vec2u(0u);
  var r = vec2u(0u);
  for (var i = 63; i >= 0; i--) {
    r = vec2u(r.x << 1u, (r.y << 1u) | (r.x >> 31u));
    let word = select(a.x, a.y, i >= 32);
    r.x |= (word >> u32(i & 31)) & 1u;
    if (!ult64(r, b)) {
      r = sub64(r, b);
      if (i >= 32) { q.y |= 1u << u32(i & 31); } else { q.x |= 1u << u32(i); }
    }
  }
  return vec4u(q, r);
}`,
    "ult64",
    "sub64",
  ],
  div64: [
    `fn div64(a: vec2u, b: vec2u) -> vec2u {
  if (b.x == 0u && b.y == 0u) { return vec2u(0u); }
  let q = udivrem64(abs64(a), abs64(b)).xy;
  return select(q, neg64(q), ((a.y ^ b.y) >> 31u) != 0u);
}`,
    "abs64",
    "neg64",
    "udivrem64",
  ],
  rem64: [
    `fn rem64(a: vec2u, b: vec2u) -> vec2u {
  if (b.x == 0u && b.y == 0u) { return vec2u(0u); }
  let r = udivrem64(abs64(a), abs64(b)).zw;
  return select(r, neg64(r), (a.y >> 31u) != 0u);
}`,
    "abs64",
    "neg64",
    "udivrem64",
  ],
  pow64: [
    `fn pow64(a: vec2u, b: vec2u) -> vec2u {
  if ((b.y >> 31u) != 0u) {
    if (a.x == 1u && a.y == 0u) { return a; }
    if (a.x == 0xffffffffu && a.y == 0xffffffffu) { return select(vec2u(1u, 0u), a, (b.x & 1u) != 0u); }
    return vec2u(0u);
  }
  var p = vec2u(1u, 0u);
  var f = a;
  var n = b;
  while (n.x != 0u || n.y != 0u) {
    if ((n.x & 1u) != 0u) { p = mul64(p, f); }
    f = mul64(f, f);
    n = vec2u((n.x >> 1u) | (n.y << 31u), n.y >> 1u);
  }
  return p;
}`,
    "mul64",
  ],
  // Rounded once, to even: what falls off the 32 leading bits only counts as being there.
  f32_of64: [
    `fn f32_of64(a: vec2u) -> f32 {
  let m = abs64(a);
  if (m.y == 0u) { let x = f32(m.x); return select(x, -x, (a.y >> 31u) != 0u); }
  let up = countLeadingZeros(m.y);
  let s = shl64(m, vec2u(up, 0u));
  var top = s.y;
  var kept = top >> 8u;
  let rest = (top & 0xffu) | select(0u, 256u, s.x != 0u);
  let half = (top & 0xffu);
  if (half > 128u || (half == 128u && (s.x != 0u || (kept & 1u) != 0u))) { kept++; }
  let x = f32(kept) * bitcast<f32>((127u + 40u - up) << 23u);
  return select(x, -x, (a.y >> 31u) != 0u);
}`,
    "abs64",
    "shl64",
  ],
  to_i64: [
    `fn to_i64(x: f32) -> vec2u {
  if (!(x >= -9223372036854775808.0 && x < 9223372036854775808.0)) { return vec2u(0u, 0x80000000u); }
  let bits = bitcast<u32>(x);
  let e = i32((bits >> 23u) & 0xffu) - 150;
  let m = vec2u((bits & 0x7fffffu) | 0x800000u, 0u);
  if (e < -23) { return vec2u(0u); }
  let n = select(vec2u(m.x >> (u32(-e) & 31u), 0u), shl64(m, vec2u(u32(e), 0u)), e >= 0);
  return select(n, neg64(n), (bits >> 31u) != 0u);
}`,
    "shl64",
    "neg64",
  ],
};

/** The same by the hardware, where it has halves as IEEE 754 has them: see Note [Halves]. */
const IN_HARDWARE: typeof FUNCTIONS = {
  f16_value: ["fn f16_value(bits: u32) -> f32 { return f32(bitcast<vec2<f16>>(bits).x); }"],
  f16_bits: ["fn f16_bits(x: f32) -> u32 { return bitcast<u32>(vec2<f16>(f16(x), 0h)); }"],
};
/** What a shader that uses functions must begin with. */
export const directives = (used: ReadonlySet<string>, halves: boolean): string =>
  halves && (used.has("f16_value") || used.has("f16_bits") || used.has("f16_round")) ? "enable f16;\n" : "";
/** The text of functions, those that they call before them. */
export function library(used: ReadonlySet<string>, halves: boolean): string {
  const text = new Map<string, string>();
  const add = (name: string): void => {
    if (text.has(name)) return;
    const [body, ...calls] = (halves ? IN_HARDWARE[name] : undefined) ?? FUNCTIONS[name];
    calls.forEach(add);
    text.set(name, body);
  };
  used.forEach(add);
  return [...text.values()].join("\n");
}
