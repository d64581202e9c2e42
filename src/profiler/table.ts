// A profile as a table, in the look of PyTorch's.
import type { FunctionEventAvg } from "./event_list.ts";

const WIDTH = 12;
const GAP = "  ";

interface Column {
  readonly title: string;
  readonly width: number;
  readonly cell: (row: FunctionEventAvg) => string;
}
export interface TableOptions {
  readonly shapes: boolean;
  readonly memory: boolean;
  readonly flops: boolean;
  readonly maxNameWidth: number;
  /** The device whose times stand beside the CPU's, if any. */
  readonly device: string | null;
  readonly deviceTime: number;
  /** Of all events, of which the rows may be a part. */
  readonly totalTime: number;
}

export function timeText(us: number): string {
  if (us >= 1e6) return `${(us / 1e6).toFixed(3)}s`;
  if (us >= 1e3) return `${(us / 1e3).toFixed(3)}ms`;
  return `${us.toFixed(3)}us`;
}
function bytesText(n: number): string {
  for (const [unit, size] of [
    ["GB", 2 ** 30],
    ["MB", 2 ** 20],
    ["KB", 2 ** 10],
  ] as const)
    if (Math.abs(n) >= size) return `${(n / size).toFixed(2)} ${unit}`;
  return `${n} B`;
}
const percent = (part: number, whole: number): string => `${(whole > 0 ? (100 * part) / whole : 0).toFixed(2)}%`;

/** The unit of the column of operations: by the smallest count, so that none becomes nothing. */
function flopsColumns(rows: readonly FunctionEventAvg[]): Column[] {
  const counts = rows.map((r) => r.flops).filter((n) => n > 0);
  if (counts.length === 0) return [];
  const units = ["FLOPs", "KFLOPs", "MFLOPs", "GFLOPs", "TFLOPs", "PFLOPs"];
  const step = Math.min(Math.floor(Math.log10(Math.min(...counts)) / 3), units.length - 1);
  return [
    {
      title: `Total ${units[step]}`,
      width: WIDTH,
      cell: ({ flops }) => (flops > 0 ? (flops / 1000 ** step).toFixed(3) : "--"),
    },
    {
      title: "GFLOP/s",
      width: WIDTH,
      cell: ({ flops, cpu_time_total }) => (flops > 0 ? (flops / cpu_time_total / 1e3).toFixed(3) : "--"),
    },
  ];
}

/** A line for each op that made the program wait: one that reads values, or that the device leaves to the CPU. */
const waited = (rows: readonly FunctionEventAvg[], device: string): string[] =>
  rows
    .filter((r) => r.self_waits > 0 && r.key.startsWith("aten::"))
    .map((r) => `${r.key} waited for ${device} ${r.self_waits} times: it reads values, or runs on the CPU`);

export function table(rows: readonly FunctionEventAvg[], options: TableOptions): string {
  const { shapes, memory, flops, maxNameWidth, totalTime, deviceTime } = options;
  const device = options.device?.toUpperCase();
  const longest = (texts: readonly string[], most: number): number =>
    Math.min(Math.max(...texts.map((t) => t.length), 0) + 4, most);
  const shapesText = (r: FunctionEventAvg): string => JSON.stringify(r.input_shapes).replaceAll(",", ", ");
  const columns: Column[] = [
    { title: "Name", width: longest(rows.map((r) => r.key), maxNameWidth), cell: (r) => r.key }, // prettier-ignore
    { title: "Self CPU %", width: WIDTH, cell: (r) => percent(r.self_cpu_time_total, totalTime) },
    { title: "Self CPU", width: WIDTH, cell: (r) => timeText(r.self_cpu_time_total) },
    { title: "CPU total %", width: WIDTH, cell: (r) => percent(r.cpu_time_total, totalTime) },
    { title: "CPU total", width: WIDTH, cell: (r) => timeText(r.cpu_time_total) },
    { title: "CPU time avg", width: WIDTH, cell: (r) => timeText(r.cpu_time) },
  ];
  if (device !== undefined)
    columns.push(
      { title: `Self ${device}`, width: WIDTH, cell: (r) => timeText(r.self_device_time_total) },
      { title: `Self ${device} %`, width: WIDTH + 2, cell: (r) => percent(r.self_device_time_total, deviceTime) },
      { title: `${device} total`, width: WIDTH, cell: (r) => timeText(r.device_time_total) },
      { title: `${device} time avg`, width: WIDTH + 3, cell: (r) => timeText(r.device_time) },
    );
  if (memory)
    columns.push(
      { title: "CPU Mem", width: WIDTH, cell: (r) => bytesText(r.cpu_memory_usage) },
      { title: "Self CPU Mem", width: WIDTH, cell: (r) => bytesText(r.self_cpu_memory_usage) },
    );
  columns.push({ title: "# of Calls", width: WIDTH, cell: (r) => String(r.count) });
  if (shapes) columns.push({ title: "Input Shapes", width: longest(rows.map(shapesText), 80), cell: shapesText });
  if (flops) columns.push(...flopsColumns(rows));

  const fit = (text: string, width: number): string =>
    (text.length > width ? `${text.slice(0, width - 3)}...` : text).padStart(width) + GAP;
  const rule = columns.map(({ width }) => "-".repeat(width) + GAP).join("");
  const lines = rows.map((row) => columns.map(({ width, cell }) => fit(cell(row), width)).join(""));
  const titles = columns.map(({ title, width }) => title.padStart(width) + GAP).join("");
  const totals = [`Self CPU time total: ${timeText(totalTime)}`];
  if (device !== undefined) totals.push(`Self ${device} time total: ${timeText(deviceTime)}`, ...waited(rows, device));
  return [rule, titles, rule, ...lines, rule, ...totals, ""].join("\n");
}
