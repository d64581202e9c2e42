// Loads an MPI library where the process's heap cannot grow: where its end is after that. See Note [Heaps that cannot grow].
import { findKoffi } from "../../../src/devices/cpu/native.ts";
import { findMpi } from "../../../src/distributed/mpi.ts";

const found = findKoffi();
if (typeof found === "string") throw new Error(found);
const libc = found.koffi.load(null);
const sbrk = libc.func("uintptr_t sbrk(intptr_t more)");
const mmap = libc.func("uintptr_t mmap(uintptr_t at, size_t n, int protection, int flags, int file, long offset)");
const end = Number(sbrk(0));
mmap(end, 4096, 0, 0x100022, -1, 0); // private, anonymous, there or nowhere
if (Number(sbrk(4096)) === end) throw new Error("the heap grew");
const name = findMpi().version.slice(0, 5);
console.log(`${name}: ${Number(sbrk(0)) === end ? "whole" : "cut"}`);
