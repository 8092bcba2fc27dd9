import { unneededParts } from '../../domain/lessons/targets';
import { useLesson } from '../lab';

/** Where neither images nor settings are chosen, the column that holds them is hidden, too. */
const NO_SIDEBAR =
  '[data-part="sidebar"]{display:none!important}@media(min-width:1000px){[data-part="trainPlace"]{grid-template-columns:0 minmax(0,1fr)!important}}';

/** Hides the controls that no step of the open lesson points at, where the lesson asks for it. */
export function HiddenControls() {
  const lesson = useLesson((state) => (state.isOpen && state.lesson?.hides === true ? state.lesson : null));
  if (lesson === null) return null;
  // The names are those of parts and settings of the page, never text of the lesson.
  const parts = unneededParts(lesson.steps.map(({ target }) => target));
  const rule = `${parts.map((part) => `[data-part="${part}"]`).join(',')}{display:none!important}`;
  const isBare = parts.includes('images') && parts.includes('settings');
  return <style>{isBare ? rule + NO_SIDEBAR : rule}</style>;
}
