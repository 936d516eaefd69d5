/** The fresh clone, as `fresh-clone.ts` has left it. */
export const clone = process.env.README_CLONE ?? ''

/** The environment of every terminal there: `npm start` listens on this port. */
export const exported = { PORT: process.env.README_PORT ?? '' }
