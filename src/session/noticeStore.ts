import { createStore } from 'zustand/vanilla';

/** A message to the person, shown until it is dismissed. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

export type NoticeStore = ReturnType<typeof createNoticeStore>;

export function createNoticeStore() {
  return createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));
}

let lastNotice = 0;

export function notify(store: NoticeStore, text: string): void {
  lastNotice += 1;
  const notice = { id: lastNotice, text };
  store.setState(({ notices }) => ({ notices: [...notices, notice] }));
}

export function dismiss(store: NoticeStore, id: number): void {
  store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
