import type { Page } from 'playwright-core';

/** What a person sees without scrolling. */
export interface FirstScreen {
  /** Words with at least one letter, without the values of inputs. */
  readonly words: readonly string[];
  /** Names of the inputs that are open. Buttons that choose what is shown, which are radio buttons in the document, are not counted. */
  readonly inputs: readonly string[];
}

/** The words and inputs that a person sees; those that are visually hidden or clipped do not count. */
export function firstScreen(page: Page): Promise<FirstScreen> {
  return page.evaluate(() => {
    type Box = { left: number; top: number; right: number; bottom: number };
    /** The part of a box that is within the screen and within all elements that clip it. */
    const seen = (box: Box, inside: Element | null): boolean => {
      let { left, top, right, bottom } = box;
      const clip = (by: Box) => {
        left = Math.max(left, by.left);
        top = Math.max(top, by.top);
        right = Math.min(right, by.right);
        bottom = Math.min(bottom, by.bottom);
      };
      clip({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
      for (let element = inside; element !== null; element = element.parentElement) {
        if (getComputedStyle(element).overflow !== 'visible') clip(element.getBoundingClientRect());
      }
      // What is visually hidden is one pixel wide.
      return right - left > 1 && bottom - top > 1;
    };
    const isShown = (element: Element | null) =>
      element?.checkVisibility({ opacityProperty: true, visibilityProperty: true }) === true;

    const words: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      if (!isShown(node.parentElement)) continue;
      for (const { 0: word, index } of (node.textContent ?? '').matchAll(/\S*\p{L}\S*/gu)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if ([...range.getClientRects()].some((box) => seen(box, node.parentElement))) words.push(word);
      }
    }

    const inputs: string[] = [];
    for (const input of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select, textarea')) {
      if (['hidden', 'file', 'radio'].includes(input.type)) continue;
      const label = input.labels?.[0];
      // The input of a switch is hidden behind its label.
      const shown = label ?? input;
      if (!isShown(shown) || !seen(shown.getBoundingClientRect(), shown.parentElement)) continue;
      inputs.push(input.getAttribute('aria-label') ?? label?.textContent ?? input.id);
    }
    return { words, inputs };
  });
}
