/**
 * A small WebAssembly assembler: the part of the binary format that numeric kernels need. Expressions are typed values that hold their code,
 * functions are built of statements, and a module imports one memory and exports the functions asked for.
 * Source of the encodings: WebAssembly core specification 2.0, chapter 5, and the relaxed SIMD proposal.
 */

export type Type = 'i32' | 'f32' | 'f64' | 'v128';

const TYPE_BYTE: Record<Type, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const NO_RESULT = 0x40;
const END = 0x0b;

/** An expression: code that leaves one value of `type` on the stack. */
export interface Value<T extends Type> {
  readonly type: T;
  readonly code: readonly number[];
}

/** A variable of a function. */
export interface Local<T extends Type> extends Value<T> {
  readonly index: number;
}

/** Code that leaves nothing on the stack. */
export interface Statement {
  readonly type: 'none';
  readonly code: readonly number[];
}

/** A whole number that is known when the code is generated, or only when the kernel runs. */
export type Int = number | Value<'i32'>;

function unsigned(n: number): number[] {
  const bytes: number[] = [];
  let rest = n >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(n: number): number[] {
  const bytes: number[] = [];
  let rest = n | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const signBit = (low & 0x40) !== 0;
    if ((rest === 0 && !signBit) || (rest === -1 && signBit)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
/** An ASCII name. */
const text = (name: string): number[] => vector(Array.from(name, (letter) => [letter.charCodeAt(0)]));
const simd = (operation: number): number[] => [0xfd, ...unsigned(operation)];
/** Alignment as a power of 2, of four bytes where it is left out; then the offset. */
const memoryArgument = (offset: number, alignment = 2): number[] => [alignment, ...unsigned(offset)];

const value = <T extends Type>(type: T, ...code: readonly (readonly number[])[]): Value<T> => ({
  type,
  code: code.flat(),
});
const statement = (...code: readonly (readonly number[])[]): Statement => ({ type: 'none', code: code.flat() });

const unary =
  <From extends Type, To extends Type>(to: To, operation: readonly number[]) =>
  (a: Value<From>): Value<To> =>
    value(to, a.code, operation);
const binary =
  <From extends Type, To extends Type>(to: To, operation: readonly number[]) =>
  (a: Value<From>, b: Value<From>): Value<To> =>
    value(to, a.code, b.code, operation);
const compare = <From extends Type>(operation: number) => binary<From, 'i32'>('i32', [operation]);

/** A pointer plus a fixed offset in bytes. */
const load =
  <T extends Type>(type: T, operation: readonly number[], alignment?: number) =>
  (pointer: Value<'i32'>, offset = 0): Value<T> =>
    value(type, pointer.code, operation, memoryArgument(offset, alignment));
const store =
  <T extends Type>(operation: readonly number[], alignment?: number) =>
  (pointer: Value<'i32'>, stored: Value<T>, offset = 0): Statement =>
    statement(pointer.code, stored.code, operation, memoryArgument(offset, alignment));

function floatBytes(numbers: readonly number[]): number[] {
  return Array.from(new Uint8Array(new Float32Array(numbers).buffer));
}

/** `a` where the condition is not zero, else `b`. */
export function select<T extends Type>(condition: Value<'i32'>, a: Value<T>, b: Value<T>): Value<T> {
  // Only the typed form of the instruction takes vectors.
  const operation = a.type === 'v128' ? [0x1c, 1, TYPE_BYTE.v128] : [0x1b];
  return value(a.type, a.code, b.code, condition.code, operation);
}

const constant = (n: number): Value<'i32'> => value('i32', [0x41], signed(n));
const whole = (n: Int): Value<'i32'> => (typeof n === 'number' ? constant(n) : n);
const wholeBinary =
  (operation: number) =>
  (a: Int, b: Int): Value<'i32'> =>
    value('i32', whole(a).code, whole(b).code, [operation]);

export const i32 = {
  const: constant,
  of: whole,
  add: (a: Int, b: Int): Value<'i32'> => (b === 0 ? whole(a) : wholeBinary(0x6a)(a, b)),
  sub: wholeBinary(0x6b),
  mul: (a: Int, b: Int): Value<'i32'> =>
    typeof a === 'number' && typeof b === 'number' ? constant(a * b) : b === 1 ? whole(a) : wholeBinary(0x6c)(a, b),
  divU: wholeBinary(0x6e),
  remU: wholeBinary(0x70),
  and: wholeBinary(0x71),
  shl: wholeBinary(0x74),
  eq: wholeBinary(0x46),
  ltS: wholeBinary(0x48),
  ltU: wholeBinary(0x49),
  min: (a: Value<'i32'>, b: Value<'i32'>): Value<'i32'> => select(i32.ltS(a, b), a, b),
  max: (a: Value<'i32'>, b: Value<'i32'>): Value<'i32'> => select(i32.ltS(a, b), b, a),
  load: load('i32', [0x28]),
  store: store<'i32'>([0x36]),
  /** A byte, unsigned. */
  loadByte: load('i32', [0x2d], 0),
  storeByte: store<'i32'>([0x3a], 0),
  shrS: wholeBinary(0x75),
  /** The same bits. */
  fromBits: unary<'f32', 'i32'>('i32', [0xbc]),
  /** Towards zero; out of range saturates and NaN is 0. */
  truncate: unary<'f32', 'i32'>('i32', [0xfc, 0]),
};

export const f32 = {
  const: (x: number): Value<'f32'> => value('f32', [0x43], floatBytes([x])),
  add: binary<'f32', 'f32'>('f32', [0x92]),
  sub: binary<'f32', 'f32'>('f32', [0x93]),
  mul: binary<'f32', 'f32'>('f32', [0x94]),
  div: binary<'f32', 'f32'>('f32', [0x95]),
  min: binary<'f32', 'f32'>('f32', [0x96]),
  max: binary<'f32', 'f32'>('f32', [0x97]),
  eq: compare<'f32'>(0x5b),
  lt: compare<'f32'>(0x5d),
  gt: compare<'f32'>(0x5e),
  le: compare<'f32'>(0x5f),
  ge: compare<'f32'>(0x60),
  load: load('f32', [0x2a]),
  store: store<'f32'>([0x38]),
  fromInt: unary<'i32', 'f32'>('f32', [0xb2]),
  fromF64: unary<'f64', 'f32'>('f32', [0xb6]),
  /** The same bits. */
  fromBits: unary<'i32', 'f32'>('f32', [0xbe]),
};

export const f64 = {
  const: (x: number): Value<'f64'> => value('f64', [0x44], Array.from(new Uint8Array(new Float64Array([x]).buffer))),
  add: binary<'f64', 'f64'>('f64', [0xa0]),
  sub: binary<'f64', 'f64'>('f64', [0xa1]),
  mul: binary<'f64', 'f64'>('f64', [0xa2]),
  div: binary<'f64', 'f64'>('f64', [0xa3]),
  sqrt: unary<'f64', 'f64'>('f64', [0x9f]),
  max: binary<'f64', 'f64'>('f64', [0xa5]),
  nearest: unary<'f64', 'f64'>('f64', [0x9e]),
  ge: compare<'f64'>(0x66),
  fromInt: unary<'i32', 'f64'>('f64', [0xb7]),
  fromF32: unary<'f32', 'f64'>('f64', [0xbb]),
  /** Towards zero; out of range saturates and NaN is 0. */
  toInt: unary<'f64', 'i32'>('i32', [0xfc, 2]),
};

const vectors = (operation: number) => binary<'v128', 'v128'>('v128', simd(operation));
const oneVector = (operation: number) => unary<'v128', 'v128'>('v128', simd(operation));

/** Bits of four lanes. */
export const v128 = {
  and: vectors(0x4e),
  or: vectors(0x50),
  /** Bits of `a` where the mask has ones, else of `b`. */
  select: (a: Value<'v128'>, b: Value<'v128'>, mask: Value<'v128'>): Value<'v128'> =>
    value('v128', a.code, b.code, mask.code, simd(0x52)),
  load: load('v128', simd(0x00)),
  /** The first lane from memory, the others 0. */
  load32Zero: load('v128', simd(0x5c)),
  /** The first two lanes from memory, the others 0. */
  load64Zero: load('v128', simd(0x5d)),
  /** One lane of `a` replaced from memory. */
  load32Lane: (pointer: Value<'i32'>, a: Value<'v128'>, lane: number, offset = 0): Value<'v128'> =>
    value('v128', pointer.code, a.code, simd(0x56), memoryArgument(offset), [lane]),
  store: store<'v128'>(simd(0x0b)),
  store32Lane: (pointer: Value<'i32'>, a: Value<'v128'>, lane: number, offset = 0): Statement =>
    statement(pointer.code, a.code, simd(0x5a), memoryArgument(offset), [lane]),
  store64Lane: (pointer: Value<'i32'>, a: Value<'v128'>, lane: number, offset = 0): Statement =>
    statement(pointer.code, a.code, simd(0x5b), memoryArgument(offset), [lane]),
};

/** Four floats. */
export const f32x4 = {
  const: (x: number): Value<'v128'> => value('v128', simd(0x0c), floatBytes([x, x, x, x])),
  lanes: (...numbers: readonly [number, number, number, number]): Value<'v128'> =>
    value('v128', simd(0x0c), floatBytes(numbers)),
  splat: unary<'f32', 'v128'>('v128', simd(0x13)),
  /** One float of memory in all lanes. */
  loadSplat: load('v128', simd(0x09)),
  lane: (a: Value<'v128'>, lane: number): Value<'f32'> => value('f32', a.code, simd(0x1f), [lane]),
  eq: vectors(0x41),
  ne: vectors(0x42),
  gt: vectors(0x44),
  floor: oneVector(0x68),
  nearest: oneVector(0x6a),
  neg: oneVector(0xe1),
  sqrt: oneVector(0xe3),
  add: vectors(0xe4),
  sub: vectors(0xe5),
  mul: vectors(0xe6),
  div: vectors(0xe7),
  /** NaN where either is NaN. */
  max: vectors(0xe9),
  /** `b < a ? b : a`: one instruction; a NaN in `a` stays. */
  pmin: vectors(0xea),
  /** `a < b ? b : a`: one instruction; a NaN in `a` stays. */
  pmax: vectors(0xeb),
  /** a b + c in one rounding where the machine can. Relaxed SIMD: ask `hasRelaxedSimd` first. */
  fma: (a: Value<'v128'>, b: Value<'v128'>, c: Value<'v128'>): Value<'v128'> =>
    value('v128', a.code, b.code, c.code, simd(0x105)),
  fromInts: oneVector(0xfa),
};

const shift =
  (operation: number) =>
  (a: Value<'v128'>, bits: number): Value<'v128'> =>
    value('v128', a.code, constant(bits).code, simd(operation));

/** Four whole numbers. */
export const i32x4 = {
  splat: (n: number): Value<'v128'> => value('v128', constant(n).code, simd(0x11)),
  shl: shift(0xab),
  shrS: shift(0xac),
  add: vectors(0xae),
  sub: vectors(0xb1),
  /** Of floats, towards zero; out of range saturates and NaN is 0. */
  truncate: oneVector(0xf8),
  /** The first four bytes of a vector, unsigned. */
  fromBytes: (a: Value<'v128'>): Value<'v128'> => value('v128', a.code, simd(0x89), simd(0xa9)),
};

export const memory = {
  copy: (to: Value<'i32'>, from: Value<'i32'>, bytes: Int): Statement =>
    statement(to.code, from.code, whole(bytes).code, [0xfc, 10, 0, 0]),
  /** Zeros. */
  clear: (at: Value<'i32'>, bytes: Int): Statement =>
    statement(at.code, constant(0).code, whole(bytes).code, [0xfc, 11, 0]),
};

/** A function that other functions of the module can call. */
export interface FunctionHandle {
  readonly index: number;
  readonly name: string;
}

/** Writes the body of one function. */
export class FunctionBuilder {
  private readonly types: Type[] = [];
  private readonly parameterCount: number;
  private readonly prologue: number[] = [];
  private readonly splats = new Map<number, Local<'v128'>>();
  private body: number[] = [];

  constructor(parameterCount: number) {
    this.parameterCount = parameterCount;
  }

  /** A new variable, zero at first. */
  local<T extends Type>(type: T): Local<T> {
    this.types.push(type);
    return localOf(type, this.parameterCount + this.types.length - 1);
  }

  /** New variables by name. */
  locals<T extends Type, Name extends string>(type: T, ...names: readonly Name[]): Record<Name, Local<T>> {
    return Object.fromEntries(names.map((name) => [name, this.local(type)])) as Record<Name, Local<T>>;
  }

  /** A new variable with this value. */
  let<T extends Type>(initial: Value<T>): Local<T> {
    const made = this.local(initial.type);
    this.set(made, initial);
    return made;
  }

  set<T extends Type>(target: Local<T>, to: Value<T>): void {
    this.emit(statement(to.code, [0x21], unsigned(target.index)));
  }

  /** `target += by`. */
  advance(target: Local<'i32'>, by: Int): void {
    if (by !== 0) this.set(target, i32.add(target, by));
  }

  emit(added: Statement): void {
    for (const byte of added.code) this.body.push(byte);
  }

  /** A vector of four equal floats, made once at the start of the function. */
  splat(x: number): Local<'v128'> {
    let made = this.splats.get(x);
    if (made === undefined) {
      made = this.local('v128');
      this.splats.set(x, made);
      this.prologue.push(...f32x4.const(x).code, 0x21, ...unsigned(made.index));
    }
    return made;
  }

  if(condition: Value<'i32'>, then: () => void, otherwise?: () => void): void {
    this.emit(statement(condition.code, [0x04, NO_RESULT]));
    then();
    if (otherwise !== undefined) {
      this.body.push(0x05);
      otherwise();
    }
    this.body.push(END);
  }

  /** Runs the body once, and again as long as the condition that it returns holds. */
  doWhile(body: () => Value<'i32'>): void {
    this.body.push(0x03, NO_RESULT);
    const again = body();
    this.emit(statement(again.code, [0x0d, 0]));
    this.body.push(END);
  }

  /** Runs the body with `counter` = its present value, + step, ... below `end`: at least once. */
  upTo(counter: Local<'i32'>, end: Int, step: Int, body: () => void): void {
    this.doWhile(() => {
      body();
      this.advance(counter, step);
      return i32.ltU(counter, end);
    });
  }

  /** Runs the body for `from`, `from` + step, ... below `to`; not at all where there are none. */
  each(from: Int, to: Int, step: number, body: (index: Local<'i32'>) => void): void {
    const index = this.let(i32.of(from));
    const end = typeof to === 'number' ? to : this.let(to);
    this.if(i32.ltU(index, end), () => this.upTo(index, end, step, () => body(index)));
  }

  /** Runs the body `count` times with 0, 1, ...; one time without a loop where that is known beforehand. */
  times(count: Int, body: (index: Value<'i32'>) => void): void {
    if (count === 0) return;
    if (count === 1) {
      body(i32.const(0));
    } else if (typeof count === 'number') {
      const index = this.let(i32.const(0));
      this.upTo(index, count, 1, () => body(index));
    } else {
      this.each(0, count, 1, body);
    }
  }

  call(callee: FunctionHandle, ...values: readonly Value<Type>[]): void {
    this.emit(statement(...values.map(({ code }) => code), [0x10], unsigned(callee.index)));
  }

  /** The function's entry in the code section. */
  bytes(): number[] {
    const runs: [number, Type][] = [];
    for (const type of this.types) {
      const last = runs.at(-1);
      if (last !== undefined && last[1] === type) last[0] += 1;
      else runs.push([1, type]);
    }
    const locals = vector(runs.map(([count, type]) => [...unsigned(count), TYPE_BYTE[type]]));
    const size = locals.length + this.prologue.length + this.body.length + 1;
    return unsigned(size).concat(locals, this.prologue, this.body, END);
  }
}

const localOf = <T extends Type>(type: T, index: number): Local<T> => ({
  ...value(type, [0x20], unsigned(index)),
  index,
});

/** Pages of 64 KB: any memory may be imported where the import's bound is the largest possible. */
const MOST_PAGES = 65536;

interface FunctionEntry {
  readonly handle: FunctionHandle;
  readonly parameterCount: number;
  readonly builder: FunctionBuilder;
}

/** Functions over one imported memory, `env.memory`. All parameters are i32, and there are no results. */
export class ModuleBuilder {
  private readonly functions = new Map<string, FunctionEntry>();

  /** Adds an exported function. A name stands for one body: a second call with it returns the first function. */
  function<Name extends string>(
    name: string,
    parameters: readonly Name[],
    write: (builder: FunctionBuilder, given: Readonly<Record<Name, Local<'i32'>>>) => void,
  ): FunctionHandle {
    const known = this.functions.get(name);
    if (known !== undefined) return known.handle;
    const builder = new FunctionBuilder(parameters.length);
    const given = Object.fromEntries(parameters.map((parameter, index) => [parameter, localOf('i32', index)]));
    // What the body calls has to be in the module before it, so the index is known only afterwards.
    write(builder, given as Record<Name, Local<'i32'>>);
    const handle = { index: this.functions.size, name };
    this.functions.set(name, { handle, parameterCount: parameters.length, builder });
    return handle;
  }

  /** @param shared whether the memory is shared between threads */
  bytes(shared: boolean): Uint8Array<ArrayBuffer> {
    const entries = [...this.functions.values()];
    const section = (id: number, content: readonly number[]) => [[id, ...unsigned(content.length)], content];
    const types = entries.map(({ parameterCount }) => [
      0x60,
      ...vector(Array.from({ length: parameterCount }, () => [TYPE_BYTE.i32])),
      0,
    ]);
    const limits = shared ? [3, 0, ...unsigned(MOST_PAGES)] : [0, 0];
    const parts = [
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, vector(types)),
      ...section(2, vector([[...text('env'), ...text('memory'), 2, ...limits]])),
      ...section(3, vector(entries.map((_, index) => unsigned(index)))),
      ...section(7, vector(entries.map(({ handle }) => [...text(handle.name), 0, ...unsigned(handle.index)]))),
      ...section(10, vector(entries.map(({ builder }) => builder.bytes()))),
    ];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
