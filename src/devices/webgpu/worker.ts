// The worker that has the GPU: it reads commands from a ring in shared memory, records them, submits them, and answers.
//
// Note [Device thread]: reading a value is asynchronous in WebGPU, and synchronous in PyTorch. So the device lives in a
// worker of its own; who needs a value waits on an atomic until the worker, whose event loop turns, has it. Commands are
// words in a ring: a thread appends them without waiting, and they run in that order.
//
// Note [Without shared memory]: a page that is not isolated sends the same commands as messages, and gets answers as messages
// alone. Nobody can wait there; who wants a value awaits it.

/** Words of `control`. What the two threads write stands in lines of its own. */
export const CONTROL = {
  /** 0: starting, 1: up, 2: there is no device; the answer says why. */
  started: 0,
  /** Where the next command will be written, in words of the ring. */
  head: 16,
  /** Where the worker reads next. */
  tail: 32,
  /** 1 while the worker sleeps, or is about to. */
  asleep: 33,
  /** The number of the last request that was answered, and bytes of the answer. */
  answered: 48,
  length: 49,
  /** 1 once something failed; the answer of every request then says what, until one to start anew. */
  failed: 50,
  /** 1 once the program ends, and 2 when the worker has let go of the device. */
  closing: 51,
  words: 64,
} as const;
/** Commands: a word of length in words, all included, and the command's number; then what it needs. */
export const COMMAND = {
  /** Nothing: what follows is at the start of the ring. */
  wrap: 0,
  /** number, bytes of text, text: a pipeline. */
  pipeline: 1,
  /** pipeline, workgroups in three dims, the words of its descriptor. */
  launch: 2,
  /** byte offset, bytes, what is written there. */
  upload: 3,
  /** request, byte offset, bytes; byte offset and bytes of what comes before them. */
  download: 4,
  /** request, bytes that the buffer is to have. */
  grow: 5,
  /** request: answered when all before is done. */
  finish: 6,
  /** The same, but the answer comes as a message. */
  fetch: 7,
  /** request: another device in the place of one that was lost, or failed; nothing is in it. */
  restart: 8,
  /** Nothing: lets go of the device, which is then lost. */
  lose: 9,
  /** 1 or 0: whether the device's clock is read around each launch from now on. */
  watch: 10,
  /** request: microseconds of launches that were watched, as float32, as many as an answer holds; none once all were told. */
  times: 11,
} as const;
/** Bytes of a launch's descriptor at most, and from where one may start: WebGPU's limit for dynamic offsets. */
export const DESCRIPTOR_BYTES = 2048;
export const DESCRIPTOR_STEP = 256;
/** What a shader says whose descriptor comes with the command: see Note [Immediates]. */
export const IMMEDIATES = "var<immediate> ";

export interface WorkerSetup {
  /** Null where no memory can be shared. */
  readonly shared: {
    readonly control: SharedArrayBuffer;
    readonly ring: SharedArrayBuffer;
    readonly answer: SharedArrayBuffer;
  } | null;
  readonly words: number;
  /** Where Node finds the package `webgpu`; null where the browser has WebGPU itself. */
  readonly dawn: string | null;
  /** Toggles for Dawn, as `create` of the package takes them. */
  readonly toggles: readonly string[];
  readonly at: typeof CONTROL;
  readonly command: typeof COMMAND;
  readonly descriptorBytes: number;
  readonly descriptorStep: number;
  readonly immediates: string;
  readonly probes: typeof PROBES;
  readonly edges: typeof EDGES;
}
/** What the worker's first answer tells. */
export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly features: readonly string[];
  /** Bytes of the buffer at most. */
  readonly most: number;
  /** Threads that follow each other and see each other's values without memory between: see Note [Subgroups]. 1 if none do. */
  readonly subgroup: number;
  /** Whether the hardware's float16 has every number, and rounds to the nearest: see Note [Halves]. */
  readonly halves: boolean;
  /** Bytes of a descriptor that may come with the command, 0 where none do: see Note [Immediates]. */
  readonly immediates: number;
  /** Matrices that a subgroup of so many threads multiplies, m x k by k x n, into sums in float32: see Note [Matrices]. */
  readonly matrices: readonly {
    readonly component: "f16" | "f32";
    readonly m: number;
    readonly n: number;
    readonly k: number;
    readonly subgroup: number;
  }[];
}
/**
 * Note [Subgroups]: WebGPU says neither how many threads a subgroup has, for a shader may be compiled for another number than
 * the last one, nor which they are. The fewest that it may have are taken, if a shader sees that these follow each other, and
 * that they see each other after a loop that each leaves at a step of its own.
 *
 * Note [Halves]: nor does it say how numbers of 32 bits become ones of 16, or whether the smallest remain. A shader tries the
 * edges; where one is not as IEEE 754 has it, halves are made from their bits, as on devices without.
 *
 * Matrices, an experiment of some browsers, are taken where a product of whole numbers is what it must be.
 */
export const PROBES = {
  subgroup: `enable subgroups;
@group(0) @binding(0) var<storage, read_write> m: array<u32>;
fn steps(lane: u32) -> u32 {
  var sum = 0u;
  for (var r = lane; r < 3u * lane; r += m[2]) { sum += r; }
  return sum;
}
@compute @workgroup_size(256) fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_invocation_id) at: u32,
  @builtin(subgroup_size) size: u32,
) {
  let wanted = steps(lane ^ 1u);
  if (lane == 0u) { m[0] = size; }
  let seen = subgroupShuffleXor(steps(lane), 1u);
  if (at != lane % size || seen != wanted) { m[1] = 1u; }
}`,
  /** Of each number its bits as a half, and of each half its bits as a number. */
  halves: `enable f16;
@group(0) @binding(0) var<storage, read_write> m: array<u32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) at: vec3u) {
  let i = 2u * at.x;
  m[i] = bitcast<u32>(vec2<f16>(f16(bitcast<f32>(m[i])), 0h));
  m[i + 1u] = bitcast<u32>(f32(bitcast<vec2<f16>>(m[i + 1u]).x));
}`,
  /** 1 for each sum that is right; Element, M, N, K and the SIZE of a subgroup are said behind it. */
  matrices: `enable chromium_experimental_subgroup_matrix;
enable subgroups;
@group(0) @binding(0) var<storage, read_write> m: array<u32>;
var<workgroup> a: array<Element, M * K>;
var<workgroup> b: array<Element, K * N>;
var<workgroup> c: array<f32, M * N>;
@compute @workgroup_size(SIZE) fn main(@builtin(local_invocation_index) lane: u32) {
  for (var i = lane; i < M * K; i += SIZE) { a[i] = Element(i % 7u); }
  for (var i = lane; i < K * N; i += SIZE) { b[i] = Element(i % 5u); }
  workgroupBarrier();
  let left = subgroupMatrixLoad<subgroup_matrix_left<Element, K, M>, col_major>(&a, 0u, M);
  let right = subgroupMatrixLoad<subgroup_matrix_right<Element, N, K>, row_major>(&b, 0u, N);
  var sum: subgroup_matrix_result<f32, N, M>;
  sum = subgroupMatrixMultiplyAccumulate(left, right, sum);
  subgroupMatrixStore<row_major>(&c, 0u, sum, N);
  workgroupBarrier();
  for (var i = lane; i < M * N; i += SIZE) {
    var want = 0f;
    for (var j = 0u; j < K; j++) { want += f32(a[j * M + i / N]) * f32(b[j * N + i % N]); }
    m[i] = u32(c[i] == want);
  }
}`,
} as const;
/** Bits of numbers, and what they are as halves; and halves, and what they are as numbers. */
export const EDGES: readonly (readonly [number, number, number, number])[] = [
  [0x3f801000, 0x3c00, 0x3c01, 0x3f802000],
  [0x3f803000, 0x3c02, 0x0001, 0x33800000],
  [0x33000000, 0x0000, 0x83ff, 0xb87fc000],
  [0x33000001, 0x0001, 0x7bff, 0x477fe000],
  [0x387fe000, 0x0400, 0x0400, 0x38800000],
  [0x387fdfff, 0x03ff, 0x7c00, 0x7f800000],
  [0x477fefff, 0x7bff, 0xfc00, 0xff800000],
  [0x477ff000, 0x7c00, 0x8000, 0x80000000],
  [0xff800000, 0xfc00, 0x0200, 0x38000000],
  [0x7fc00000, 0x7e00, 0x7e00, 0x7fc00000],
  [0x80000000, 0x8000, 0xb555, 0xbeaaa000],
];
/** What limits and passes have where there are immediates, of which TypeScript does not know everywhere. */
interface Immediate {
  readonly maxImmediateSize?: number;
  setImmediates?(at: number, words: Int32Array, from: number, count: number): void;
}
/** What an adapter tells of the matrices of its hardware. */
interface Matrices {
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
  readonly subgroupMatrixConfigs: Iterable<{
    readonly componentType: string;
    readonly resultComponentType: string;
    readonly M: number;
    readonly N: number;
    readonly K: number;
  }>;
}
interface AsyncAtomics {
  waitAsync(words: Int32Array, word: number, value: number): { value: unknown };
}
interface Dawn {
  create(toggles: readonly string[]): GPU;
  readonly globals: object;
}

/**
 * A worker's life. Only the text of this function gets there: it uses nothing from outside, and has no functions with names
 * of their own in it but methods, as some bundlers would name others by a helper outside.
 */
export function work(
  setup: WorkerSetup,
  load: (path: string) => Promise<unknown>,
  post: (message: unknown, transfer: ArrayBuffer[]) => void,
): (words: Int32Array<SharedArrayBuffer>) => void {
  const { at, command, descriptorBytes, descriptorStep } = setup;
  const { shared } = setup;
  const control = shared === null ? new Int32Array(setup.words) : new Int32Array(shared.control);
  let ring = shared === null ? new Int32Array(0) : new Int32Array(shared.ring);
  const answer = shared === null ? new Uint8Array(4096) : new Uint8Array(shared.answer);
  const [STORAGE, UNIFORM, COPY_SRC, COPY_DST, MAP_READ, QUERY_RESOLVE] = [128, 64, 4, 8, 1, 512];
  /** Bytes of descriptors that are submitted at once. */
  const BATCH = 1 << 20;
  const FEW = 64;
  const life = {
    gpu: null as unknown as GPU,
    device: null as unknown as GPUDevice,
    layout: null as unknown as GPUBindGroupLayout,
    pipelineLayout: null as unknown as GPUPipelineLayout,
    memory: null as unknown as GPUBuffer,
    descriptors: null as unknown as GPUBuffer,
    group: null as unknown as GPUBindGroup,
    staging: null as GPUBuffer | null,
    pipelines: [] as { readonly pipeline: GPUComputePipeline; readonly isImmediate: boolean }[],
    /** A descriptor that comes with its command. */
    immediate: new Int32Array(0),
    encoder: null as GPUCommandEncoder | null,
    pass: null as GPUComputePassEncoder | null,
    current: -1,
    batch: new Int32Array(BATCH / 4),
    filled: 0,
    /** What is written into the buffer by what is being recorded: words so far. */
    writes: new Int32Array(BATCH / 4),
    uploads: null as unknown as GPUBuffer,
    written: 0,
    launches: 0,
    /** Where times are written while launches are watched: two for each of a submission. */
    clock: null as { readonly queries: GPUQuerySet; readonly resolved: GPUBuffer } | null,
    watched: 0,
    /** Times of submissions, to be read. */
    taken: [] as GPUBuffer[],
    failure: "",
    /** What is known of the adapter, as JSON. */
    told: "",
    /** Commands that came as messages, and what is being done of them. */
    doing: Promise.resolve(),

    async start(): Promise<void> {
      let gpu = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
      if (setup.dawn !== null) {
        const { create, globals } = (await load(setup.dawn)) as Dawn;
        Object.assign(globalThis, globals);
        // Dawn calls the instance's events after it was collected: it is held for good.
        gpu = (globalThis as { tiduDawn?: GPU }).tiduDawn ??= create(setup.toggles);
      }
      if (gpu === undefined) throw new Error("this engine has no WebGPU");
      life.gpu = gpu;
      await life.begin();
    },
    /** A device with nothing in it. */
    async begin(): Promise<void> {
      const before = life.device as GPUDevice | null;
      life.device = null as unknown as GPUDevice;
      before?.destroy();
      life.encoder = life.pass = life.staging = null;
      life.pipelines = [];
      life.current = -1;
      life.filled = life.launches = life.written = life.watched = 0;
      life.clock = null;
      life.taken = [];
      life.failure = "";
      Atomics.store(control, at.failed, 0);
      const adapter = await life.gpu.requestAdapter({ powerPreference: "high-performance" });
      if (adapter === null) throw new Error("WebGPU found no adapter");
      const { limits, info } = adapter;
      const passes = (globalThis as { GPUComputePassEncoder?: { prototype: object } }).GPUComputePassEncoder?.prototype;
      const isThere =
        life.gpu.wgslLanguageFeatures?.has("immediate_address_space") && "setImmediates" in (passes ?? {});
      const immediates = isThere ? ((limits as Immediate).maxImmediateSize ?? 0) : 0;
      life.immediate = new Int32Array(immediates / 4);
      const requiredLimits = {
        ...(immediates > 0 ? { maxImmediateSize: immediates } : {}),
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      };
      const wanted = ["timestamp-query", "subgroups", "shader-f16", "chromium-experimental-subgroup-matrix"];
      const requiredFeatures = wanted.filter((name) => adapter.features.has(name)) as GPUFeatureName[];
      const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
      life.device = device;
      // One that was left behind has nothing to say.
      device.addEventListener("uncapturederror", (event) => device === life.device && life.fail(event.error.message));
      void device.lost.then(({ message }) => device === life.device && life.fail(`the device was lost: ${message}`));
      life.layout = device.createBindGroupLayout({
        entries: [
          { binding: 0, visibility: 4, buffer: { type: "storage" } },
          {
            binding: 1,
            visibility: 4,
            buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: descriptorBytes },
          },
        ],
      });
      const described = { bindGroupLayouts: [life.layout], immediateSize: immediates };
      life.pipelineLayout = device.createPipelineLayout(described);
      life.descriptors = device.createBuffer({ size: BATCH + descriptorBytes, usage: UNIFORM | COPY_DST });
      life.uploads = device.createBuffer({ size: BATCH, usage: COPY_SRC | COPY_DST });
      life.replace(device.createBuffer({ size: 256, usage: STORAGE | COPY_SRC | COPY_DST }));
      const told: Adapter = {
        vendor: info.vendor,
        architecture: info.architecture,
        description: info.description,
        features: [...adapter.features],
        most: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
        subgroup: await life.subgroup(info.subgroupMinSize),
        halves: await life.halves(),
        immediates,
        matrices: await life.matrices(info),
      };
      life.told = JSON.stringify(told);
      life.say(life.told);
    },
    /** What a shader makes of words, on as many workgroups; zeros where it is none. */
    async probe(code: string, words: Uint32Array<ArrayBuffer>, groups: number): Promise<Uint32Array> {
      const { device } = life;
      device.pushErrorScope("validation");
      const module = device.createShaderModule({ code });
      const compute = { module, entryPoint: "main" };
      const pipeline = device.createComputePipeline({ layout: life.pipelineLayout, compute });
      if ((await device.popErrorScope()) !== null) return new Uint32Array(words.length);
      device.queue.writeBuffer(life.memory, 0, words);
      const pass = (life.encoder = device.createCommandEncoder()).beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, life.group, [0]);
      pass.dispatchWorkgroups(groups);
      pass.end();
      return new Uint32Array((await life.read(0, words.byteLength, 0, 0)).buffer);
    },
    async subgroup(fewest: number | undefined): Promise<number> {
      if (fewest === undefined || !life.device.features.has("subgroups")) return 1;
      const [size, isElsewhere] = await life.probe(setup.probes.subgroup, Uint32Array.of(0, 0, 7), 1);
      return isElsewhere === 1 ? 1 : Math.min(size, fewest);
    },
    async halves(): Promise<boolean> {
      if (!life.device.features.has("shader-f16")) return false;
      const { edges } = setup;
      const words = Uint32Array.from(edges.flatMap(([x, , y]) => [x, y]));
      const found = await life.probe(setup.probes.halves, words, edges.length);
      // Which NaN comes of a NaN is up to the hardware.
      return edges.every(([, half, , whole], i) =>
        half === 0x7e00
          ? (found[2 * i] & 0x7fff) > 0x7c00 && (found[2 * i + 1] & 0x7fffffff) > 0x7f800000
          : found[2 * i] === half && found[2 * i + 1] === whole,
      );
    },
    async matrices(info: GPUAdapterInfo): Promise<Adapter["matrices"]> {
      const { subgroupMinSize: subgroup, subgroupMaxSize, subgroupMatrixConfigs = [] } = info as Partial<Matrices>;
      const found: Adapter["matrices"][number][] = [];
      if (subgroup === undefined || subgroup !== subgroupMaxSize) return found;
      for (const { componentType: component, resultComponentType, M: m, N: n, K: k } of subgroupMatrixConfigs) {
        if (resultComponentType !== "f32" || (component !== "f32" && component !== "f16")) continue;
        const code = `enable ${component === "f16" ? "f16" : "subgroups"};
${setup.probes.matrices}
alias Element = ${component}; const M = ${m}u; const N = ${n}u; const K = ${k}u; const SIZE = ${subgroup}u;`;
        const right = await life.probe(code, new Uint32Array(m * n), 1);
        if (right.every((x) => x === 1)) found.push({ component, m, n, k, subgroup });
      }
      return found;
    },
    say(text: string): void {
      // TextEncoder does not write to shared memory everywhere.
      const bytes = new TextEncoder().encode(text).subarray(0, answer.length);
      answer.set(bytes);
      control[at.length] = bytes.length;
    },
    fail(message: string): void {
      if (life.failure !== "") return;
      life.failure = message;
      Atomics.store(control, at.failed, 1);
    },
    replace(memory: GPUBuffer): void {
      life.memory = memory;
      life.group = life.device.createBindGroup({
        layout: life.layout,
        entries: [
          { binding: 0, resource: { buffer: memory } },
          { binding: 1, resource: { buffer: life.descriptors, size: descriptorBytes } },
        ],
      });
    },
    /** Ends the pass that is being recorded; what follows runs after it. */
    endPass(): GPUCommandEncoder {
      life.pass?.end();
      life.pass = null;
      life.current = -1;
      return (life.encoder ??= life.device.createCommandEncoder());
    },
    submit(): void {
      if (life.encoder === null) return;
      const encoder = life.endPass();
      if (life.watched > 0) life.resolve(encoder, 16 * life.watched);
      life.watched = 0;
      if (life.filled > 0) life.device.queue.writeBuffer(life.descriptors, 0, life.batch, 0, life.filled / 4);
      if (life.written > 0) life.device.queue.writeBuffer(life.uploads, 0, life.writes, 0, life.written);
      life.device.queue.submit([encoder.finish()]);
      life.encoder = null;
      life.filled = life.launches = life.written = 0;
    },
    watch(on: boolean): void {
      life.submit();
      const { device } = life;
      life.clock?.queries.destroy();
      life.clock?.resolved.destroy();
      life.clock = !on
        ? null
        : {
            queries: device.createQuerySet({ type: "timestamp", count: 2 * FEW }),
            resolved: device.createBuffer({ size: 16 * FEW, usage: QUERY_RESOLVE | COPY_SRC }),
          };
    },
    resolve(encoder: GPUCommandEncoder, nbytes: number): void {
      const { queries, resolved } = life.clock!;
      const taken = life.device.createBuffer({ size: nbytes, usage: MAP_READ | COPY_DST });
      encoder.resolveQuerySet(queries, 0, nbytes / 8, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, taken, 0, nbytes);
      life.taken.push(taken);
    },
    /** Microseconds of launches, of as many submissions as an answer holds. */
    async times(): Promise<Float32Array> {
      life.submit();
      const times: number[] = [];
      while (life.taken.length > 0 && (times.length + FEW) * 4 <= answer.length) {
        const taken = life.taken.shift()!;
        await taken.mapAsync(1);
        const clock = new BigUint64Array(taken.getMappedRange());
        // A device may set its clock back.
        for (let i = 0; i < clock.length; i += 2) times.push(Math.max(0, Number(clock[i + 1] - clock[i]) / 1e3));
        taken.destroy();
      }
      return new Float32Array(times);
    },
    launch(from: number, end: number): void {
      if (life.filled + descriptorBytes > BATCH) life.submit();
      if (life.clock !== null) {
        const beginningOfPassWriteIndex = 2 * life.watched++;
        const endOfPassWriteIndex = beginningOfPassWriteIndex + 1;
        const timestampWrites = { querySet: life.clock.queries, beginningOfPassWriteIndex, endOfPassWriteIndex };
        life.pass = life.endPass().beginComputePass({ timestampWrites });
      } else if (life.pass === null) {
        life.encoder ??= life.device.createCommandEncoder();
        life.pass = life.encoder.beginComputePass();
      }
      const number = ring[from];
      const { pipeline, isImmediate } = life.pipelines[number];
      const isFirst = life.current < 0;
      if (number !== life.current) life.pass.setPipeline(pipeline);
      life.current = number;
      const words = ring.subarray(from + 4, end);
      if (isImmediate) {
        if (isFirst) life.pass.setBindGroup(0, life.group, [0]);
        // A copy: not every binding takes shared memory.
        life.immediate.set(words);
        // Shaders read them four by four.
        (life.pass as Immediate).setImmediates?.(0, life.immediate, 0, (words.length + 3) & -4);
      } else {
        life.batch.set(words, life.filled / 4);
        life.pass.setBindGroup(0, life.group, [life.filled]);
        life.filled += Math.ceil(words.byteLength / descriptorStep) * descriptorStep;
      }
      life.pass.dispatchWorkgroups(ring[from + 1], ring[from + 2], ring[from + 3]);
      life.launches++;
    },
    /** Writes words of the ring into the buffer: few go with what is being recorded. */
    upload(to: number, from: number, count: number): void {
      if (count * 4 > BATCH / 4) {
        life.submit();
        // A copy: Dawn's binding does not look where shared memory lies.
        life.device.queue.writeBuffer(life.memory, to, ring.slice(from, from + count));
        return;
      }
      if ((life.written + count) * 4 > BATCH) life.submit();
      life.writes.set(ring.subarray(from, from + count), life.written);
      life.endPass().copyBufferToBuffer(life.uploads, life.written * 4, life.memory, to, count * 4);
      life.written += count;
    },
    compile(from: number): void {
      const bytes = new Uint8Array(ring.buffer, (from + 2) * 4, ring[from + 1]).slice();
      const code = new TextDecoder().decode(bytes);
      const module = life.device.createShaderModule({ code });
      const pipeline = life.device.createComputePipeline({
        layout: life.pipelineLayout,
        compute: { module, entryPoint: "main" },
      });
      life.pipelines[ring[from]] = { pipeline, isImmediate: code.includes(setup.immediates) };
    },
    /** So many bytes of the buffer, from a multiple of 4 on, behind those of another place, once all before is done. */
    async read(from: number, nbytes: number, first: number, before: number): Promise<Uint8Array> {
      const own = Math.ceil(nbytes / 4) * 4;
      const size = before + own;
      if (life.staging === null || life.staging.size < size) {
        life.staging?.destroy();
        const room = Math.max(4096, 2 ** Math.ceil(Math.log2(size)));
        life.staging = life.device.createBuffer({ size: room, usage: MAP_READ | COPY_DST });
      }
      const { staging } = life;
      const encoder = life.endPass();
      if (before > 0) encoder.copyBufferToBuffer(life.memory, first, staging, 0, before);
      encoder.copyBufferToBuffer(life.memory, from, staging, before, own);
      life.submit();
      await staging.mapAsync(1, 0, size);
      const bytes = new Uint8Array(staging.getMappedRange(0, size)).slice(0, before + nbytes);
      staging.unmap();
      return bytes;
    },
    async grow(nbytes: number): Promise<void> {
      life.submit();
      const { device, memory } = life;
      device.pushErrorScope("out-of-memory");
      const larger = device.createBuffer({ size: nbytes, usage: STORAGE | COPY_SRC | COPY_DST });
      const error = await device.popErrorScope();
      if (error === null) {
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(memory, 0, larger, 0, memory.size);
        device.queue.submit([encoder.finish()]);
        memory.destroy();
        life.replace(larger);
      }
      if (error !== null && shared === null) life.fail(`out of memory: ${error.message}`);
      life.say(error === null ? "" : error.message);
    },
    /** Answers a request, unless something failed. */
    async request(number: number, from: number): Promise<void> {
      if (number === command.restart) return life.begin();
      if (life.failure !== "") return;
      const request = ring[from];
      if (number === command.grow) return life.grow(ring[from + 1] >>> 0);
      if (number === command.finish) {
        life.submit();
        await life.device.queue.onSubmittedWorkDone();
        return life.say("");
      }
      if (number === command.times) {
        const times = await life.times();
        answer.set(new Uint8Array(times.buffer));
        control[at.length] = times.byteLength;
        return;
      }
      const bytes = await life.read(ring[from + 1] >>> 0, ring[from + 2], ring[from + 3] >>> 0, ring[from + 4]);
      if (number === command.fetch) return post({ request, bytes }, [bytes.buffer as ArrayBuffer]);
      answer.set(bytes);
      control[at.length] = bytes.length;
    },
    async perform(number: number, from: number, end: number): Promise<void> {
      const { pipeline, launch, upload, wrap, fetch, lose, watch } = command;
      if (number === lose) return life.device.destroy();
      if (number === wrap || (life.failure !== "" && number < command.download)) return;
      if (number === watch) return life.failure === "" ? life.watch(ring[from] === 1) : undefined;
      if (number === pipeline) return life.compile(from);
      if (number === launch) return life.launch(from, end);
      if (number === upload) return life.upload(ring[from] >>> 0, from + 2, Math.ceil(ring[from + 1] / 4));
      const request = ring[from];
      try {
        await life.request(number, from);
      } catch (error) {
        life.fail(String(error));
      }
      if (number === fetch) {
        if (life.failure !== "") post({ request, failure: life.failure }, []);
        return;
      }
      if (life.failure !== "") life.say(life.failure);
      Atomics.store(control, at.answered, request);
      Atomics.notify(control, at.answered);
    },
    async run(): Promise<void> {
      try {
        await life.start();
      } catch (error) {
        life.say(error instanceof Error ? error.message : String(error));
        life.failure = "it did not start";
        Atomics.store(control, at.started, 2);
        Atomics.notify(control, at.started);
        return post({ started: false, failure: String(error) }, []);
      }
      Atomics.store(control, at.started, 1);
      Atomics.notify(control, at.started);
      post({ started: true, adapter: life.told }, []);
      if (shared === null) return;
      // A worker that only waits for an atomic would end.
      setInterval(() => {}, 2 ** 30);
      for (let tail = 0; ;) {
        // A thread that ends while it is in Dawn takes the process along.
        if (Atomics.load(control, at.closing) === 1) {
          life.device.destroy();
          Atomics.store(control, at.closing, 2);
          Atomics.notify(control, at.closing);
          return;
        }
        const head = Atomics.load(control, at.head);
        if (head === tail) {
          life.submit();
          Atomics.store(control, at.asleep, 1);
          await (Atomics as unknown as AsyncAtomics).waitAsync(control, at.head, head).value;
          Atomics.store(control, at.asleep, 0);
          continue;
        }
        tail = await life.next(tail);
        if (tail === ring.length) tail = 0;
        Atomics.store(control, at.tail, tail);
        Atomics.notify(control, at.tail);
      }
    },
    /** Performs the command at a word of the ring; gives where the next one is. */
    next(tail: number): number | Promise<number> {
      const number = ring[tail + 1];
      const end = number === command.wrap ? 0 : tail + ring[tail];
      try {
        const doing = life.perform(number, tail + 2, tail + ring[tail]);
        if (number >= command.download) return doing.then(() => end);
      } catch (error) {
        life.fail(String(error));
      }
      if (life.launches >= FEW) life.submit();
      return end;
    },
    /** Performs commands that came as a message, after those before. */
    take(words: Int32Array<SharedArrayBuffer>): void {
      life.doing = life.doing.then(async () => {
        ring = words;
        for (let tail = 0; tail < words.length;) tail = await life.next(tail);
        life.submit();
      });
    },
  };
  life.doing = life.run();
  return shared === null ? life.take : () => {};
}

interface NodeThread {
  ref(): void;
  unref(): void;
  postMessage(message: unknown): void;
  on(event: string, listener: (value: unknown) => void): void;
}
interface NodeThreads {
  readonly Worker: new (text: string, options: object) => NodeThread;
}
/** The thread's end of a worker. */
export interface DeviceThread {
  /** Whether it keeps the process alive. */
  keep(alive: boolean): void;
  /** Commands, where there is no memory to share: see Note [Without shared memory]. */
  send(words: Int32Array): void;
}
/** Starts the worker, which does not keep a process alive by itself; `heard` is told its messages, and of its end. */
export function startWorker(setup: WorkerSetup, heard: (message: unknown) => void): DeviceThread {
  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads") as unknown as NodeThreads | undefined;
  if (threads !== undefined) {
    const text = `const { workerData, parentPort } = process.getBuiltinModule("node:worker_threads");
const take = (${work.toString()})(workerData, (path) => import(path), (message, transfer) => parentPort.postMessage(message, transfer));
parentPort.on("message", take);`;
    const worker = new threads.Worker(text, { eval: true, workerData: setup, execArgv: [], name: "tidu webgpu" });
    worker.on("message", heard);
    worker.on("error", (error) => heard({ failure: String(error) }));
    worker.unref();
    return {
      keep: (alive) => (alive ? worker.ref() : worker.unref()),
      send: (words) => worker.postMessage(words),
    };
  }
  const text = `let take;
onmessage = (event) => take ? take(event.data) : (take = (${work.toString()})(event.data, (path) => import(path), (message, transfer) => postMessage(message, transfer)));`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "tidu webgpu" });
  worker.onmessage = (event: MessageEvent<unknown>) => heard(event.data);
  worker.onerror = (event) => heard({ failure: event.message });
  worker.postMessage(setup);
  return { keep: () => {}, send: (words) => worker.postMessage(words) };
}
