/**
 * Settings that lessons open with, as links: the preset that trains on any machine, with a constant rate and a length that nobody sees the
 * end of, so that a person may take any time over a step.
 */
export const ENDLESS = 'v=4&preset=tiny&dataset=fashion-mnist&totalSteps=100000&schedule=constant';
