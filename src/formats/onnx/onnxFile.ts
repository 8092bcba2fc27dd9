import { concatenate } from '../concatenate';
import { floatField, integerField, type Message, partsField, textField } from './protobuf';

/**
 * Writes ONNX models (github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose field numbers stand below): IR version 8 with operator set 17,
 * which every runtime since 2022 reads.
 */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** Values of the enumerations `TensorProto.DataType` and `AttributeProto.AttributeType`. */
const FLOAT_TENSOR = 1;
const FLOAT_ATTRIBUTE = 1;
const INTEGER_ATTRIBUTE = 2;
const INTEGERS_ATTRIBUTE = 7;

/** An attribute of a node. */
export type OnnxAttribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] };

export interface OnnxNode {
  /** The operator's name, e.g. `Conv`. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A constant of the graph, row-major. */
export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An input or output of the graph; a name in the shape stands for a length that is not fixed. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** A model of float32 tensors. Its nodes come in the order in which they can be computed. */
export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata: ReadonlyMap<string, string>;
}

function attributeMessage(name: string, attribute: OnnxAttribute): Message {
  const type = (value: number) => integerField(20, value);
  switch (attribute.kind) {
    case 'float':
      return [...textField(1, name), ...floatField(2, attribute.value), ...type(FLOAT_ATTRIBUTE)];
    case 'integer':
      return [...textField(1, name), ...integerField(3, attribute.value), ...type(INTEGER_ATTRIBUTE)];
    case 'integers': {
      const values = attribute.value.flatMap((value) => integerField(8, value));
      return [...textField(1, name), ...values, ...type(INTEGERS_ATTRIBUTE)];
    }
    default:
      return attribute satisfies never;
  }
}

function nodeMessage({ operator, inputs, output, attributes = {} }: OnnxNode): Message {
  return [
    ...inputs.flatMap((name) => textField(1, name)),
    ...textField(2, output),
    // Every node has one output, whose name is unique.
    ...textField(3, output),
    ...textField(4, operator),
    ...Object.entries(attributes).flatMap(([name, attribute]) => partsField(5, attributeMessage(name, attribute))),
  ];
}

function tensorMessage(name: string, { shape, values }: OnnxTensor): Message {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [
    ...shape.flatMap((length) => integerField(1, length)),
    ...integerField(2, FLOAT_TENSOR),
    ...textField(8, name),
    ...partsField(9, [bytes]),
  ];
}

function valueMessage({ name, shape }: OnnxValue): Message {
  const dimensions = shape.flatMap((length) =>
    partsField(1, typeof length === 'number' ? integerField(1, length) : textField(2, length)),
  );
  const tensor = [...integerField(1, FLOAT_TENSOR), ...partsField(2, dimensions)];
  return [...textField(1, name), ...partsField(2, partsField(1, tensor))];
}

/** The bytes of a model's file. */
export function writeOnnx({ name, nodes, constants, inputs, outputs, metadata }: OnnxModel): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => partsField(1, nodeMessage(node))),
    ...textField(2, name),
    ...[...constants].flatMap(([constant, tensor]) => partsField(5, tensorMessage(constant, tensor))),
    ...inputs.flatMap((value) => partsField(11, valueMessage(value))),
    ...outputs.flatMap((value) => partsField(12, valueMessage(value))),
  ];
  return concatenate([
    ...integerField(1, IR_VERSION),
    ...textField(2, 'SimSiam Lab'),
    ...partsField(7, graph),
    ...partsField(8, integerField(2, OPERATOR_SET)),
    ...[...metadata].flatMap(([entry, value]) => partsField(14, [...textField(1, entry), ...textField(2, value)])),
  ]);
}
