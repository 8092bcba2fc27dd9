import { KEYS, type KeyContext, type KeyEntry } from './keys';

/** Elements into which one types, or whose value letters change. */
const TYPED_INTO = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])';
/** Elements that Space presses. */
const PRESSED_BY_SPACE = [
  'button',
  'summary',
  'audio',
  'video',
  ...['button', 'checkbox', 'switch', 'radio', 'tab', 'option', 'menuitem', 'slider', 'gridcell'].map(
    (role) => `[role="${role}"]`,
  ),
].join(', ');
/** What lies over the page has keys of its own. */
const OVERLAYS = '[role="dialog"], [role="menu"], [role="listbox"]';

/** Whether the element with the focus uses the key itself. */
function usesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(TYPED_INTO) !== null || target.closest(OVERLAYS) !== null) return true;
  return key === ' ' && target.closest(PRESSED_BY_SPACE) !== null;
}

/** Calls the action of a pressed key, unless the element with the focus uses that key, or another program's shortcut is meant. */
export function handleKey(event: KeyboardEvent, context: KeyContext, entries: readonly KeyEntry[] = KEYS): void {
  if (event.defaultPrevented || event.repeat || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || usesKey(event.target, event.key)) return;
  const entry = entries.find(({ keys, action }) => keys.includes(event.key) && action.isPossible(context));
  if (entry === undefined) return;
  // Space would also scroll the page.
  event.preventDefault();
  entry.action.run(context, event.key);
}
