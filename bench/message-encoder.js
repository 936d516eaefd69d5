const text = new TextEncoder()

/** Encodes messages as JSON, for measurements that run the relay's core without a dialect. */
export const messageEncoder = {
  message: ({ subject, payload }, { id }) =>
    text.encode(JSON.stringify({ Message: { id, subject, message: payload } })),
  gap: () => undefined,
  overrun: 'gap',
  join: (frames) => Buffer.concat(frames),
}
