import { collapse } from './collapse';
import { dimensional } from './dimensional';
import { fourAnswers } from './fourAnswers';
import type { Lesson } from './lesson';
import { ownFolder } from './ownFolder';
import { predictor } from './predictor';

/** Every lesson that the page ships with, in the order in which it offers them. */
export const LESSONS: readonly Lesson[] = [collapse, predictor, dimensional, fourAnswers, ownFolder];
