export function ensureChromium(): Promise<string | null>;
export function presentChromium(): Promise<string | undefined>;
