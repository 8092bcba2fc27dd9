/**
 * The WebGPU device that tfjs computes on. Unlike the one that tfjs would request, it has every limit of the adapter and the optional
 * features in use, reports errors that no call throws, and reports its loss.
 */

import { isSoftwareRenderer } from '../../domain/softwareRenderer';

/** Features used when present: timing, half floats, subgroup operations. */
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

/** The description of an adapter whose browser does not tell its name. */
export const UNNAMED_ADAPTER = 'unnamed adapter';

export interface DeviceHooks {
  /** A validation, memory or internal error that WebGPU reports outside any call. Results computed since then are invalid. */
  onUncapturedError(message: string, outOfMemory: boolean): void;
  /** The device is gone (driver reset, GPU unplugged, tab suspended); not called after `destroy`. */
  onLost(message: string): void;
}

export interface DeviceOptions {
  /**
   * 'adapter' (if left out): the limits of the adapter and the optional features in use; 'default': the limits that every WebGPU device
   * has, and no optional feature. The engine must be able to run with both.
   */
  readonly limits?: 'adapter' | 'default';
}

export interface GpuDevice {
  readonly device: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  readonly description: string;
  readonly isSoftware: boolean;
}

function describe(info: GPUAdapterInfo): string {
  const text = info.description || [info.vendor, info.architecture].filter(Boolean).join(' ');
  return text || UNNAMED_ADAPTER;
}

function requestLimits(limits: GPUSupportedLimits): Record<string, number> {
  const wanted: Record<string, number> = {};
  // The limits are getters of the prototype, not own properties.
  for (const name in limits) {
    const value = limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') wanted[name] = value;
  }
  return wanted;
}

const MB = 1024 * 1024;

/**
 * Makes the device throw on buffers that are too large for a kernel to bind. WebGPU itself would report them outside any call and continue
 * with zeros. tfjs and recordings allocate one buffer per tensor.
 */
function refuseOversized(device: GPUDevice): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    if (descriptor.size <= most) return create(descriptor);
    throw new Error(
      `A tensor of ${Math.ceil(descriptor.size / MB)} MB is needed, and this adapter can use no more than ${Math.floor(most / MB)} MB at once: choose a smaller batch, smaller images, a smaller network or fewer images.`,
    );
  };
}

/**
 * Requests a device from the browser's adapter.
 * @throws Error with the reason when there is none.
 */
export async function requestGpuDevice(
  hooks: DeviceHooks,
  { limits = 'adapter' }: DeviceOptions = {},
): Promise<GpuDevice> {
  const gpu = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (gpu === undefined) throw new Error('this browser has no WebGPU');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('the browser has WebGPU but offers no adapter on this machine');
  const device = await adapter.requestDevice(
    limits === 'default'
      ? {}
      : {
          requiredFeatures: OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature)),
          requiredLimits: requestLimits(adapter.limits),
        },
  );
  refuseOversized(device);
  device.onuncapturederror = (event) => {
    hooks.onUncapturedError(event.error.message, event.error.constructor.name === 'GPUOutOfMemoryError');
  };
  void device.lost.then((lost) => {
    if (lost.reason !== 'destroyed') hooks.onLost(lost.message);
  });
  const { info } = adapter;
  const description = describe(info);
  const names = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  const isFallback = (info as GPUAdapterInfo & { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  return { device, adapterInfo: info, description, isSoftware: isFallback || isSoftwareRenderer(names) };
}
