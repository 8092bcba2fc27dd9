/**
 * Names of drivers that compute on the processor: SwiftShader, Mesa's llvmpipe, lavapipe, softpipe and swrast, Microsoft's WARP (“Basic Render
 * Driver”), Apple's and Chromium's software renderers.
 */
const SOFTWARE =
  /swiftshader|llvmpipe|lavapipe|softpipe|swrast|basic render|\bwarp\b|software (?:renderer|rasterizer|adapter)/i;

/** Whether a name of a WebGL renderer or a WebGPU adapter, as a browser reports it, is that of a driver without a GPU. */
export function isSoftwareRenderer(name: string): boolean {
  return SOFTWARE.test(name);
}

/** The part of a WebGL context that names the renderer, declared here because the engine compiles without the DOM types. */
export interface RendererInfo {
  readonly RENDERER: number;
  getExtension(name: 'WEBGL_debug_renderer_info'): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(name: number): unknown;
}

/** The name of the renderer behind a WebGL context; some browsers have it under `RENDERER` alone. */
export function rendererOf(gl: RendererInfo): string {
  const debug = gl.getExtension('WEBGL_debug_renderer_info');
  const name = gl.getParameter(debug === null ? gl.RENDERER : debug.UNMASKED_RENDERER_WEBGL);
  return typeof name === 'string' ? name : 'unnamed renderer';
}
