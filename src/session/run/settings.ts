import { type ConfigPath, setConfigValue } from '../../domain/configPath';
import type { DatasetInfo } from '../../domain/imageDataset';
import { presetConfig, withMethod } from '../../domain/presets';
import type { PresetName, RunConfig } from '../../domain/runConfig';
import type { EngineStore } from '../engine/engineStore';
import { pickQueries } from './queries';
import { rebased, rebasedOn, withPreset } from './rebase';
import type { RunControl } from './runControl';
import { isLiveKey, type RunStore } from './runStore';

/** Edits the settings of the page and notifies the run control. */
export class Settings {
  readonly #runStore: RunStore;
  readonly #engineStore: EngineStore;
  readonly #control: Pick<RunControl, 'edited' | 'change'>;
  /** Whether the page may still choose the preset. */
  #choosesPreset = true;

  /** Whether the output dimension is that of a first visit, which is meant for the samples. */
  #hasFirstDimension: boolean;

  constructor(
    runStore: RunStore,
    engineStore: EngineStore,
    control: Pick<RunControl, 'edited' | 'change'>,
    isFirstVisit: boolean,
  ) {
    this.#hasFirstDimension = isFirstVisit;
    this.#runStore = runStore;
    this.#engineStore = engineStore;
    this.#control = control;
  }

  /** @throws Error naming the setting when the value does not fit it. */
  set(path: ConfigPath, value: unknown): void {
    if (path === 'outputDim') this.#hasFirstDimension = false;
    const { config, active } = this.#runStore.getState();
    const changed = setConfigValue(config, path, value);
    if (isLiveKey(path) && active !== null) this.#control.change(path, changed[path]);
    // A method has its own options and defaults.
    else this.#edit(changed.method === config.method ? changed : withMethod(config, changed.method));
  }

  setPreset(preset: PresetName): void {
    this.keepPreset();
    this.#edit(withPreset(this.#runStore.getState().config, preset));
  }

  /** Discards edits that need a new run. */
  discardEdits(): void {
    const { active } = this.#runStore.getState();
    if (active !== null) this.#runStore.setState({ config: active.config });
  }

  /** Called when the preset has been chosen: the page no longer chooses one. */
  keepPreset(): void {
    this.#choosesPreset = false;
  }

  /**
   * Chooses the preset `tiny` on a software adapter, which is some hundred times slower than a GPU, unless a preset was chosen before.
   * The engine must be running.
   */
  adaptToEngine(): void {
    if (!this.#choosesPreset) return;
    this.keepPreset();
    if (this.#engineStore.getState().adapter?.isSoftware !== true) return;
    const { config } = this.#runStore.getState();
    this.#runStore.setState({ config: rebased(config, 'tiny', config.dataset) });
  }

  /**
   * Adapts the settings to newly loaded images.
   * @param areFirst no run was built before, so that a link's changes in flight are kept
   * @param images for how many they were loaded
   */
  adaptToImages(info: DatasetInfo, areFirst: boolean, images: number): void {
    const { config, changes } = this.#runStore.getState();
    const dataset = info.source.kind === 'sample' ? info.source.id : 'folder';
    const rebasedConfig = rebasedOn(config, dataset);
    const next = rebasedConfig.images === images ? rebasedConfig : { ...rebasedConfig, images };
    const { outputDim } = presetConfig(next.preset, dataset, next.method);
    this.#runStore.setState({
      config: dataset === 'folder' && this.#hasFirstDimension ? { ...next, outputDim } : next,
      changes: areFirst ? changes : [],
      queries: pickQueries(info, 0),
    });
  }

  #edit(config: RunConfig): void {
    this.#runStore.setState({ config });
    this.#control.edited();
  }
}
