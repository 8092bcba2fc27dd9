import { createStore } from 'zustand/vanilla';
import type { Lesson } from '../../domain/lessons/lesson';
import type { LessonLinkStore } from '../link/lessonLinkStore';
import { currentLink } from '../link/linkSync';
import { type NoticeStore, notify } from '../noticeStore';
import type { PageStorage } from '../pageText';
import { hasMoved } from '../run/runStore';
import { LessonPlayer } from './lessonPlayer';
import { LessonWriter } from './lessonWriter';
import { readKept } from './pageStorage';
import type { PageStores } from './readPage';

/** What lessons use of the lab. */
export interface LessonParts extends PageStores {
  readonly noticeStore: NoticeStore;
  readonly lessonLinkStore: LessonLinkStore;
  /** Opens the run of a link. */
  open(hash: string): void;
}

/** The lessons themselves, which are loaded when the first one is opened. */
const loadLessons = () => import('../../domain/lessons/registry');

/** The lessons of the page: those that it ships with, that of a link, and the one that is being written. */
export class Lessons {
  readonly player: LessonPlayer;
  readonly writer: LessonWriter;
  /** Whether the list of lessons is open. */
  readonly listStore = createStore<{ readonly isOpen: boolean }>(() => ({ isOpen: false }));
  readonly #parts: LessonParts;
  readonly #storage: PageStorage | null;

  constructor(parts: LessonParts, storage: PageStorage | null) {
    this.#parts = parts;
    this.#storage = storage;
    this.player = new LessonPlayer(parts, storage);
    this.writer = new LessonWriter(parts, storage);
  }

  /** Opens the lesson that was open when the page was closed, or that of a link; from now on those of later addresses, too. */
  async start(): Promise<void> {
    const { lessonLinkStore } = this.#parts;
    lessonLinkStore.subscribe(({ text, isAlone }, before) => {
      if (text !== null && (text !== before.text || isAlone)) void this.#openLinked(text, isAlone);
    });
    const { text, isAlone } = lessonLinkStore.getState();
    const { open, progress } = readKept(this.#storage);
    if (text === null && open === null) return;
    const { LESSONS } = await loadLessons();
    const wasOpen = isAlone ? undefined : LESSONS.find(({ id }) => id === open);
    if (wasOpen !== undefined) this.player.open(wasOpen);
    else if (text !== null) await this.#openLinked(text, isAlone, (id) => id !== open && progress[id] !== undefined);
  }

  /** Opens a lesson of the page by its id, at its first step and with its settings. */
  async begin(id: string): Promise<void> {
    const { LESSONS } = await loadLessons();
    const lesson = LESSONS.find((each) => each.id === id);
    if (lesson !== undefined) await this.beginWith(lesson);
  }

  /** Opens a lesson at its first step, on a run with its settings. The run on the page ends, unless it has these settings and no step. */
  async beginWith(lesson: Lesson): Promise<void> {
    this.listStore.setState({ isOpen: false });
    await this.#openSettings(lesson.settings);
    this.player.open(lesson, 0);
  }

  /** @param wasLeft whether the person has left the lesson of this id: then it can be resumed, and is not shown by itself */
  async #openLinked(text: string, isAlone: boolean, wasLeft: (id: string) => boolean = () => false): Promise<void> {
    const lesson = await this.#lessonOf(text);
    if (lesson === null || text !== this.#parts.lessonLinkStore.getState().text) return;
    if (isAlone) await this.beginWith(lesson);
    else if (wasLeft(lesson.id)) this.player.hold(lesson);
    else this.player.open(lesson);
  }

  /** The lesson of a link; null, with a notice, where there is none. */
  async #lessonOf(text: string): Promise<Lesson | null> {
    const { LESSONS } = await loadLessons();
    const shipped = LESSONS.find(({ id }) => id === text);
    if (shipped !== undefined) return shipped;
    try {
      const { decodeLesson } = await import('../../domain/lessons/lessonLink');
      return decodeLesson(text);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      notify(this.#parts.noticeStore, `The link’s lesson could not be read: ${reason} The page works without it.`);
      this.#parts.lessonLinkStore.setState({ text: null });
      return null;
    }
  }

  /** Replaces the run by one with a lesson's settings; engine, precision and the page's images stay where the lesson names none. */
  async #openSettings(settings: string): Promise<void> {
    if (settings === '') return;
    const { settingsLink } = await import('./settingsLink');
    const { link, notices } = settingsLink(settings, this.#parts.runStore.getState().config);
    const isSame = link === currentLink(this.#parts) && !hasMoved(this.#parts.runStore.getState());
    if (!isSame) this.#parts.open(link);
    for (const notice of notices) notify(this.#parts.noticeStore, notice);
  }
}
