/** A WebGPU device that can be lost on command. */
export interface LosableDevice {
  readonly device: GPUDevice;
  /** Takes the device away, as a reset of the driver does: all that is under way on it fails. */
  lose(): void;
}

/**
 * Makes every device that is requested from now on losable; `device.destroy()` alone would be taken for an end that was asked for. Call it
 * after WebGPU is there and before an engine is started.
 * @returns the newest device; null before the first
 */
export function makeDevicesLosable(gpu: GPU): () => LosableDevice | null {
  let newest: LosableDevice | null = null;
  const requestAdapter = gpu.requestAdapter.bind(gpu);
  gpu.requestAdapter = async (options) => {
    const adapter = await requestAdapter(options);
    if (adapter === null) return null;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor);
      let report: (info: GPUDeviceLostInfo) => void = () => undefined;
      const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
        report = resolve;
      });
      Object.defineProperty(device, 'lost', { value: lost });
      newest = {
        device,
        lose() {
          device.destroy();
          report({ reason: 'unknown', message: 'taken away by a test' } as GPUDeviceLostInfo);
        },
      };
      return device;
    };
    return adapter;
  };
  return () => newest;
}
