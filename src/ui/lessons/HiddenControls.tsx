import { unneededParts } from '../../domain/lessons/targets';
import { useLesson } from '../lab';

/** Hides the controls that no step of the open lesson points at, where the lesson asks for it. */
export function HiddenControls() {
  const lesson = useLesson((state) => (state.isOpen && state.lesson?.hides === true ? state.lesson : null));
  if (lesson === null) return null;
  // The names are those of parts and settings of the page, never text of the lesson.
  const parts = unneededParts(lesson.steps.map(({ target }) => target));
  return <style>{`${parts.map((part) => `[data-part="${part}"]`).join(',')}{display:none!important}`}</style>;
}
