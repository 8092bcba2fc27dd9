interface Navigator {
  readonly userAgent: string;
  readonly hardwareConcurrency: number;
}

const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /Edg\/(\d+)/],
  ['Firefox', /Firefox\/(\d+)/],
  ['Chrome', /Chrome\/(\d+)/],
  ['Safari', /Version\/(\d+[.\d]*).*Safari/],
];

/** Browser, system and number of cores, as far as the browser tells: `Chrome 156, X11; Linux x86_64, 8 cores`. */
export function describeBrowser({ userAgent, hardwareConcurrency }: Navigator): string {
  const system = /\(([^)]*)\)/.exec(userAgent)?.[1] ?? 'unknown system';
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}, ${system}, ${hardwareConcurrency} cores`;
  }
  return `${userAgent}, ${hardwareConcurrency} cores`;
}
