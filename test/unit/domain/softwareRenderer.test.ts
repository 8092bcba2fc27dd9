import { describe, expect, it } from 'vitest';
import { isSoftwareRenderer, rendererOf } from '../../../src/domain/softwareRenderer';

describe('the name of a renderer', () => {
  it.each([
    'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
    'Google SwiftShader',
    'llvmpipe (LLVM 15.0.7, 256 bits)',
    'llvmpipe, or similar',
    'ANGLE (Mesa, llvmpipe (LLVM 17.0.6, 256 bits), OpenGL 4.5)',
    'softpipe',
    'ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)',
    'microsoft warp  ',
    'Apple Software Renderer',
    'Software Rasterizer',
    'Mesa lavapipe (LLVM 15.0.6)',
  ])('%s computes on the processor', (name) => {
    expect(isSoftwareRenderer(name)).toBe(true);
  });

  it.each([
    'ANGLE (NVIDIA, NVIDIA GeForce RTX 3080 (0x00002206) Direct3D11 vs_5_0 ps_5_0, D3D11)',
    'ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)',
    'ANGLE (AMD, AMD Radeon RX 6800 XT (radeonsi, navi21, LLVM 15.0.7), OpenGL 4.6)',
    'ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)',
    'Apple GPU',
    'Adreno (TM) 650',
    'Mali-G78',
    'PowerVR Rogue GE8320',
    'GeForce GTX 980, or similar',
    'Radeon R9 200 Series, or similar',
    'virgl (ANGLE (Intel, Mesa Intel(R) Xe Graphics))',
    'Mozilla',
    'WebKit WebGL',
    'unnamed renderer',
    '',
  ])('%s is, or may be, a GPU', (name) => {
    expect(isSoftwareRenderer(name)).toBe(false);
  });

  it('is asked for without its mask where the browser allows that', () => {
    const names = new Map<number, unknown>([
      [1, 'WebKit WebGL'],
      [2, 'llvmpipe'],
    ]);
    const context = (masked: boolean) => ({
      RENDERER: 1,
      getExtension: () => (masked ? null : { UNMASKED_RENDERER_WEBGL: 2 }),
      getParameter: (name: number) => names.get(name),
    });
    expect(rendererOf(context(false))).toBe('llvmpipe');
    expect(rendererOf(context(true))).toBe('WebKit WebGL');
    names.clear();
    expect(rendererOf(context(true))).toBe('unnamed renderer');
  });
});
