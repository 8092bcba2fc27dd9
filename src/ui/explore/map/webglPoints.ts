import { channels, MOST_COLOURS } from './colours';
import type { MapFrame, PointLayer } from './pointLayer';

/** Points glide on the GPU: it holds where they were and where they go. Chosen points are drawn in a second pass, over the others. */
const VERTEX = `#version 300 es
in vec2 from;
in vec2 to;
in uint colour;
in uint chosen;
uniform vec2 middle;
uniform vec2 zoom;
uniform float moved;
uniform float diameter;
uniform uint pass;
uniform vec3 colours[${MOST_COLOURS}];
uniform vec3 accent;
out vec3 ink;
void main() {
  vec2 place = (mix(from, to, moved) - middle) * zoom;
  gl_Position = chosen == pass ? vec4(place, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = pass == 1u ? diameter * 1.25 : diameter;
  ink = pass == 1u ? accent : colours[colour];
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec3 ink;
uniform float softness;
out vec4 result;
void main() {
  float distance = length(gl_PointCoord - 0.5) * 2.0;
  float cover = 1.0 - smoothstep(1.0 - softness, 1.0, distance);
  result = vec4(ink * cover, cover);
}`;

const ATTRIBUTES = ['from', 'to', 'colour', 'chosen'] as const;
type Attribute = (typeof ATTRIBUTES)[number];
const UNIFORMS = ['middle', 'zoom', 'moved', 'diameter', 'pass', 'colours', 'accent', 'softness'] as const;

function compiled(gl: WebGL2RenderingContext, type: number, source: string): WebGLShader {
  const shader = gl.createShader(type);
  if (shader === null) throw new Error('WebGL gives no shader.');
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  gl.attachShader(program, compiled(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, compiled(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  for (const [place, name] of ATTRIBUTES.entries()) gl.bindAttribLocation(program, place, name);
  gl.linkProgram(program);
  // A lost context links nothing, and is made again when it is restored.
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`The points cannot be drawn: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}

/** Points drawn by one WebGL2 program. After the browser has taken the GPU away and given it back, all is uploaded again. */
export class WebglPoints implements PointLayer {
  readonly sample = null;
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #onRestored: () => void;
  readonly #data: Record<Attribute, Float32Array | Uint8Array>;
  #buffers = new Map<Attribute, WebGLBuffer>();
  #uniforms = new Map<(typeof UNIFORMS)[number], WebGLUniformLocation | null>();
  #colours: Float32Array = new Float32Array(3 * MOST_COLOURS);
  #accent: readonly number[] = [0, 0, 0];
  #count = 0;
  #hasChosen = false;

  /**
   * @param onRestored called when all is to be drawn again
   * @returns null where the browser has no WebGL2
   */
  static on(canvas: HTMLCanvasElement, onRestored: () => void): WebglPoints | null {
    const gl = canvas.getContext('webgl2', { antialias: false, depth: false, premultipliedAlpha: true });
    return gl === null ? null : new WebglPoints(canvas, gl, onRestored);
  }

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, onRestored: () => void) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#onRestored = onRestored;
    const none = new Float32Array(0);
    this.#data = { from: none, to: none, colour: new Uint8Array(0), chosen: new Uint8Array(0) };
    this.#build();
    canvas.addEventListener('webglcontextlost', this.#lose);
    canvas.addEventListener('webglcontextrestored', this.#restore);
  }

  #build(): void {
    const gl = this.#gl;
    const program = linked(gl);
    // biome-ignore lint/correctness/useHookAtTopLevel: a method of WebGL, not a hook
    gl.useProgram(program);
    this.#uniforms = new Map(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
    this.#buffers = new Map();
    for (const [place, name] of ATTRIBUTES.entries()) {
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(place);
      if (name === 'from' || name === 'to') gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
      else gl.vertexAttribIPointer(place, 1, gl.UNSIGNED_BYTE, 0, 0);
      this.#buffers.set(name, buffer);
    }
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  #upload(name: Attribute, data: Float32Array | Uint8Array): void {
    this.#data[name] = data;
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers.get(name) ?? null);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
  }

  move(from: Float32Array, to: Float32Array): void {
    this.#count = to.length / 2;
    this.#upload('from', from);
    this.#upload('to', to);
    for (const name of ['colour', 'chosen'] as const) {
      if (this.#data[name].length !== this.#count) this.#upload(name, new Uint8Array(this.#count));
    }
  }

  paint(indices: Uint8Array, colours: readonly string[]): void {
    this.#upload('colour', indices);
    this.#colours = new Float32Array(3 * MOST_COLOURS);
    colours.forEach((colour, i) => {
      this.#colours.set(
        channels(colour).map((value) => value / 255),
        3 * i,
      );
    });
  }

  mark(chosen: Uint8Array, colour: string): void {
    this.#upload('chosen', chosen);
    this.#hasChosen = chosen.includes(1);
    this.#accent = channels(colour).map((value) => value / 255);
  }

  draw({ camera, size, moved, diameter, ratio }: MapFrame): void {
    const gl = this.#gl;
    const at = (name: (typeof UNIFORMS)[number]) => this.#uniforms.get(name) ?? null;
    const { width, height } = this.#canvas;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(at('middle'), camera.x, camera.y);
    // The map's y points down, as the screen's does.
    gl.uniform2f(at('zoom'), (2 * camera.scale) / size.width, (-2 * camera.scale) / size.height);
    gl.uniform1f(at('moved'), moved);
    gl.uniform1f(at('diameter'), diameter * ratio);
    // The edge fades over one device pixel.
    gl.uniform1f(at('softness'), Math.min(1, 2 / (diameter * ratio)));
    gl.uniform3fv(at('colours'), this.#colours);
    gl.uniform3f(at('accent'), this.#accent[0], this.#accent[1], this.#accent[2]);
    for (const pass of this.#hasChosen ? [0, 1] : [0]) {
      gl.uniform1ui(at('pass'), pass);
      gl.drawArrays(gl.POINTS, 0, this.#count);
    }
  }

  readonly #lose = (event: Event): void => event.preventDefault();

  readonly #restore = (): void => {
    this.#build();
    for (const name of ATTRIBUTES) this.#upload(name, this.#data[name]);
    this.#onRestored();
  };

  dispose(): void {
    this.#canvas.removeEventListener('webglcontextlost', this.#lose);
    this.#canvas.removeEventListener('webglcontextrestored', this.#restore);
    for (const buffer of this.#buffers.values()) this.#gl.deleteBuffer(buffer);
  }
}
