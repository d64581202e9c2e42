// Sorting and selecting as C++'s standard library does it (introsort, introselect, heaps), step for step: of equal elements
// PyTorch's topk, mode and kthvalue name those that these algorithms happen to put in place. All work on a permutation.
// Musser, "Introspective sorting and selection algorithms" (1997); Hoare, "Algorithm 65: Find" (1961).

/** Whether what i stands for goes before what j stands for. */
export type Before = (i: number, j: number) => boolean;
type Places = Uint32Array;

const swap = (a: Places, i: number, j: number): void => {
  const x = a[i];
  a[i] = a[j];
  a[j] = x;
};
/** Below this many elements insertion is quicker than division. */
const SHORT = 16;
/** Divisions allowed before heaps take over. */
const depthFor = (n: number): number => 2 * (31 - Math.clz32(n));

/** std::sort of a[first] … a[last - 1]. */
export function sort(a: Places, first: number, last: number, before: Before): void {
  if (first === last) return;
  divide(a, first, last, depthFor(last - first), before);
  if (last - first <= SHORT) return insertionSort(a, first, last, before);
  insertionSort(a, first, first + SHORT, before);
  for (let i = first + SHORT; i < last; i++) insert(a, i, before);
}
function divide(a: Places, first: number, last: number, depth: number, before: Before): void {
  for (; last - first > SHORT; depth--) {
    if (depth === 0) return partialSort(a, first, last, last, before);
    const cut = partition(a, first, last, before);
    divide(a, cut, last, depth - 1, before);
    last = cut;
  }
}
/** std::nth_element: the element that belongs at `nth` is there, smaller ones before it. */
export function nthElement(a: Places, first: number, nth: number, last: number, before: Before): void {
  if (first === last || nth === last) return;
  for (let depth = depthFor(last - first); last - first > 3; depth--) {
    if (depth === 0) {
      heapSelect(a, first, nth + 1, last, before);
      return swap(a, first, nth);
    }
    const cut = partition(a, first, last, before);
    if (cut <= nth) first = cut;
    else last = cut;
  }
  insertionSort(a, first, last, before);
}
/** std::partial_sort: the smallest in order before `middle`. */
export function partialSort(a: Places, first: number, middle: number, last: number, before: Before): void {
  heapSelect(a, first, middle, last, before);
  for (let end = middle; end - first > 1;) {
    end--;
    popHeap(a, first, end, end, before);
  }
}

/** Divides by the median of the second, the middle and the last element; gives where the second part begins. */
function partition(a: Places, first: number, last: number, before: Before): number {
  medianToFirst(a, first, first + 1, first + ((last - first) >> 1), last - 1, before);
  let [i, j] = [first + 1, last];
  for (;;) {
    while (before(a[i], a[first])) i++;
    j--;
    while (before(a[first], a[j])) j--;
    if (i >= j) return i;
    swap(a, i++, j);
  }
}
function medianToFirst(a: Places, to: number, i: number, j: number, k: number, before: Before): void {
  const [x, y, z] = [a[i], a[j], a[k]];
  if (before(x, y)) swap(a, to, before(y, z) ? j : before(x, z) ? k : i);
  else swap(a, to, before(x, z) ? i : before(y, z) ? k : j);
}
function insertionSort(a: Places, first: number, last: number, before: Before): void {
  for (let i = first + 1; i < last; i++) {
    const x = a[i];
    if (before(x, a[first])) {
      a.copyWithin(first + 1, first, i);
      a[first] = x;
    } else insert(a, i, before);
  }
}
/** Moves a[i] down to its place; something before it stops it. */
function insert(a: Places, i: number, before: Before): void {
  const x = a[i];
  for (; before(x, a[i - 1]); i--) a[i] = a[i - 1];
  a[i] = x;
}

/** Makes a heap of the part before `middle`, and puts into it what is smaller than its largest. */
function heapSelect(a: Places, first: number, middle: number, last: number, before: Before): void {
  const n = middle - first;
  for (let parent = (n - 2) >> 1; parent >= 0; parent--) sink(a, first, parent, n, a[first + parent], before);
  for (let i = middle; i < last; i++) if (before(a[i], a[first])) popHeap(a, first, middle, i, before);
}
/** The largest goes to `to`, what was there into the heap. */
function popHeap(a: Places, first: number, end: number, to: number, before: Before): void {
  const x = a[to];
  a[to] = a[first];
  sink(a, first, 0, end - first, x, before);
}
/** Puts x into the heap of n from `hole` down: the hole sinks to the bottom, then x rises. */
function sink(a: Places, first: number, hole: number, n: number, x: number, before: Before): void {
  const top = hole;
  let child = hole;
  while (child < (n - 1) >> 1) {
    child = 2 * (child + 1);
    if (before(a[first + child], a[first + child - 1])) child--;
    a[first + hole] = a[first + child];
    hole = child;
  }
  if (n % 2 === 0 && child === (n - 2) >> 1) {
    child = 2 * child + 1;
    a[first + hole] = a[first + child];
    hole = child;
  }
  for (let parent = (hole - 1) >> 1; hole > top && before(a[first + parent], x); parent = (hole - 1) >> 1) {
    a[first + hole] = a[first + parent];
    hole = parent;
  }
  a[first + hole] = x;
}

/** Brings the k-th smallest (from 0) to a[k], by Hoare's division at a median of three. */
export function quickSelect(a: Places, k: number, after: Before): void {
  let [left, right] = [0, a.length - 1];
  for (;;) {
    if (right <= left) return;
    if (right === left + 1) {
      if (after(a[left], a[right])) swap(a, left, right);
      return;
    }
    swap(a, left + ((right - left) >> 1), left + 1);
    if (after(a[left + 1], a[right])) swap(a, left + 1, right);
    if (after(a[left], a[right])) swap(a, left, right);
    if (after(a[left + 1], a[left])) swap(a, left + 1, left);
    let [i, j] = [left + 1, right];
    const pivot = a[left];
    for (;;) {
      do i++;
      while (after(pivot, a[i]));
      do j--;
      while (after(a[j], pivot));
      if (j < i) break;
      swap(a, i, j);
    }
    swap(a, left, j);
    if (j <= k) left = i;
    if (j >= k) right = j - 1;
  }
}
