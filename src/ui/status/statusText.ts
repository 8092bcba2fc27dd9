import { counted } from '../../domain/counted';
import { cameTo, cameToWords } from '../../domain/diagnosis/cameTo';
import { DIAGNOSIS_STATES, type DiagnosisState } from '../../domain/diagnosis/states';
import type { LiveChange } from '../../domain/runConfig';
import type { DatasetStoreState } from '../../session/data/datasetStore';
import type { EngineStoreState } from '../../session/engine/engineStore';
import type { ActiveRun, RunStoreState } from '../../session/run/runStore';
import { changeWords } from '../../session/run/words';
import { grouped } from '../numbers';
import { outlook } from './causes';
import { diagnosisWords, type Words } from './diagnosisText';

/** Every state of the status: before a run, of a run as diagnosed, and of one that waits or has ended. */
export type StatusState = DiagnosisState | 'ready' | 'paused' | 'finished' | 'failed';

/** The state of the run in plain words. */
export interface Status extends Words {
  readonly state: StatusState;
  /** What a screen reader is told. It changes with the state, not with the numbers. */
  readonly announced: string;
}

/** The inputs of the status text. */
export interface StatusInput {
  readonly engine: Pick<EngineStoreState, 'state'>;
  readonly data: Pick<DatasetStoreState, 'info' | 'loading' | 'wanted'>;
  readonly run: RunStoreState;
  /** Why no run can be built; null if one can. */
  readonly problem: string | null;
}

/** Changes to come that are named; the others are counted. */
const NAMED = 2;

function comingWords([step, key, value]: LiveChange): string {
  const what = key === 'stopGradient' ? `stop-gradient goes ${value === true ? 'on' : 'off'}` : changeWords(key, value);
  return `at step ${grouped(step)} ${what}`;
}

/** “At step 60 stop-gradient goes off, at step 120 stop-gradient goes on.” Null where no change is to come. */
function comingSentence({ changes, step }: RunStoreState): string | null {
  const coming = changes.filter(([at]) => at > step);
  if (coming.length === 0) return null;
  const words = coming.slice(0, NAMED).map(comingWords).join(', ');
  const more = coming.length - NAMED;
  const rest = more > 0 ? `, and ${more} more ${more === 1 ? 'change' : 'changes'}` : '';
  return `${words.replace(/^a/, 'A')}${rest}.`;
}

/** A status whose words stay the same while it lasts. */
function steady(
  state: StatusState,
  tone: Words['tone'],
  title: string,
  text: string,
  advice: readonly string[] = [],
): Status {
  return { state, tone, title, text, advice, announced: `${title} ${text}` };
}

const REOPENED = 'This is your last run, as it was kept. Train goes on with it.';

const COMPARED = 'Figures differ when they are more than two standard errors apart; ± is one standard error.';

/** What is announced of a diagnosis: its name and its first step. */
function announcedOf({ diagnosis }: RunStoreState): string {
  if (diagnosis === null) return 'The run has begun.';
  const { name } = DIAGNOSIS_STATES[diagnosis.state];
  const since = 'since' in diagnosis ? ` since step ${grouped(diagnosis.since)}` : '';
  return `Run: ${name}${since}.`;
}

/** The run on the page, once it has taken a step. */
function running(run: RunStoreState, active: ActiveRun): Status {
  const { config } = active;
  const { diagnosis, runState, step, latest, baselines } = run;
  const state = diagnosis?.state ?? 'starting';
  const words = diagnosisWords(run, config);
  const fails = DIAGNOSIS_STATES[state].isFailure;
  if (runState === 'finished') {
    const came = cameToWords(cameTo(latest, baselines));
    if (!fails) return steady('finished', 'plain', `Finished after ${grouped(step)} steps.`, came, [COMPARED]);
    return steady(state, words.tone, 'Finished.', `${words.title} ${came}`, [words.text, ...words.advice, COMPARED]);
  }
  if (runState === 'paused' && !fails) {
    const title = `Paused at step ${grouped(step)}.`;
    if (active.reopenedAt === step) return steady('paused', 'plain', title, REOPENED, words.advice);
    return { ...words, state: 'paused', tone: 'plain', title, announced: title };
  }
  return { ...words, state, announced: announcedOf(run) };
}

/** The status before there is a run. */
function withoutRun({ engine, data, run, problem }: StatusInput): Status {
  const coming = comingSentence(run);
  if (data.loading !== null) {
    const text = ['Train can be pressed already: the run starts when the images are loaded.', coming];
    return steady('starting', 'plain', `Loading ${data.loading.name}.`, text.filter((part) => part !== null).join(' '));
  }
  if (run.beginning !== null && data.wanted !== null) {
    const { name, count } = data.wanted;
    const text = `Choose the folder “${name}” (${counted(count, 'image')}) again to go on with it.`;
    return steady('paused', 'plain', 'Your last run is kept.', text);
  }
  if (problem !== null && engine.state === 'ready') {
    return steady('starting', 'warning', 'No run yet.', problem, [problem]);
  }
  return steady('starting', 'plain', 'Getting ready.', coming ?? 'The engine is starting.');
}

/** The status in words: a title, a sentence whose claims hold for the numbers of now, and advice. */
export function statusOf(input: StatusInput): Status {
  const { engine, run } = input;
  const { active, runState, step, error } = run;
  if (engine.state === 'failed') {
    return steady('failed', 'warning', 'No engine could be started.', 'See what you can do.');
  }
  if (engine.state === 'lost') {
    return steady('failed', 'warning', 'The engine was lost.', 'The curves stay until it is restarted.');
  }
  if (runState === 'failed') return steady('failed', 'warning', 'The run stopped.', error?.message ?? '');
  if (active === null) return withoutRun(input);
  if (runState === 'building' && run.beginning !== null) {
    return steady('starting', 'plain', 'Getting ready.', 'The weights that were kept are being read.');
  }
  if (runState === 'building') {
    const text = 'The untrained network is being measured, to compare the run with.';
    return steady('starting', 'plain', 'Getting ready.', comingSentence(run) ?? text);
  }
  if (step === 0 && runState === 'paused') {
    const text = comingSentence(run) ?? 'Press Train.';
    return steady('ready', 'plain', 'Ready.', text, [outlook(run, active.config)]);
  }
  return running(run, active);
}
