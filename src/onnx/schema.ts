// The messages of ONNX's files (onnx.proto), and the dtypes that they number.
import { bfloat16, bool, float16, float32, float64, int16, int32, int64, int8, uint8 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { messagesNow, messagesOf } from "../io/protobuf.ts";
import type { Messages } from "../io/protobuf.ts";

const SCHEMA = `
message ModelProto {
  int64 ir_version = 1;
  repeated OperatorSetIdProto opset_import = 8;
  string producer_name = 2;
  GraphProto graph = 7;
}
message OperatorSetIdProto {
  string domain = 1;
  int64 version = 2;
}
message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  string domain = 7;
  repeated AttributeProto attribute = 5;
}
message AttributeProto {
  string name = 1;
  int32 type = 20;
  float f = 2;
  int64 i = 3;
  bytes s = 4;
  TensorProto t = 5;
  GraphProto g = 6;
  repeated float floats = 7;
  repeated int64 ints = 8;
  repeated bytes strings = 9;
}
message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  repeated float float_data = 4 [packed];
  repeated int32 int32_data = 5 [packed];
  repeated int64 int64_data = 7 [packed];
  string name = 8;
  bytes raw_data = 9;
  repeated double double_data = 10 [packed];
  repeated StringStringEntryProto external_data = 13;
  int32 data_location = 14;
}
message StringStringEntryProto {
  string key = 1;
  string value = 2;
}
message ValueInfoProto {
  string name = 1;
  TypeProto type = 2;
}
message TypeProto {
  TypeTensor tensor_type = 1;
}
message TypeTensor {
  int32 elem_type = 1;
  TensorShapeProto shape = 2;
}
message TensorShapeProto {
  repeated Dimension dim = 1;
}
message Dimension {
  int64 dim_value = 1;
  string dim_param = 2;
}
`;
export const onnxMessagesNow = (): Messages => messagesNow(SCHEMA, "ONNX");
export const onnxMessages = (): Promise<Messages> => messagesOf(SCHEMA, "ONNX");

export interface TensorProto {
  name: string;
  dims: bigint[];
  dataType: number;
  rawData: Uint8Array;
  floatData: number[];
  int32Data: number[];
  int64Data: bigint[];
  doubleData: number[];
  externalData: { key: string; value: string }[];
}
export interface AttributeProto {
  name: string;
  type: number;
  f: number;
  i: bigint;
  s: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats: number[];
  ints: bigint[];
  strings: Uint8Array[];
}
export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}
export interface ValueInfoProto {
  name: string;
  type?: { tensorType?: { elemType: number; shape?: { dim: { dimValue: bigint; dimParam: string }[] } } };
}
export interface ModelProto {
  irVersion: bigint;
  opsetImport: { domain: string; version: bigint }[];
  graph?: GraphProto;
}
export interface GraphProto {
  name: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}
const NUMBERS = new Map<Dtype, number>([
  [float32, 1],
  [uint8, 2],
  [int8, 3],
  [int16, 5],
  [int32, 6],
  [int64, 7],
  [bool, 9],
  [float16, 10],
  [float64, 11],
  [bfloat16, 16],
]);
export const numberOf = (dtype: Dtype): number | null => NUMBERS.get(dtype) ?? null;
/** What shifts are told in: 64 bits without a sign, which have the same bits here. */
const UINT64 = 13;
export const dtypeOf = (number: number): Dtype | null =>
  number === UINT64 ? int64 : ([...NUMBERS].find(([, n]) => n === number)?.[0] ?? null);
