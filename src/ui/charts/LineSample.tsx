import type { LineStyle } from './lineStyles';

/** A short piece of a line, for legends. */
export function LineSample({ style, strong = false }: { readonly style: LineStyle; readonly strong?: boolean }) {
  return (
    <svg width="30" height="10" aria-hidden style={{ flex: 'none' }}>
      <path
        d="M1 5H29"
        stroke={`var(${style.property})`}
        strokeWidth={strong ? 2.4 : 1.8}
        strokeDasharray={style.dash}
        fill="none"
      />
    </svg>
  );
}
