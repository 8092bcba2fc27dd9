/** The lesson that a first visit is offered, as far as the offer needs it: the lessons themselves are loaded when one is opened. */
export const FIRST_LESSON = { id: 'collapse', title: 'What collapse is', minutes: 3 } as const;
