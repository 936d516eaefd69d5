/** An answer that never changes. */
interface Topic {
  /** Finds it in the words of a question, in lower case. */
  readonly asks: RegExp
  readonly answer: string
}

/** The first one that fits is the answer. */
export const topics: readonly Topic[] = [
  {
    asks: /offline|outbox|no (network|connection)|airplane|tunnel/,
    answer:
      'Write as if nothing had happened. Your messages wait in this browser, also over a reload, and are sent once, ' +
      'in order, when the connection is back. Try it in the fault panel: cut the connection and write here.',
  },
  {
    asks: /histor|older|restart|kept|keep|forget/,
    answer:
      'The relay keeps the newest 1,000 messages of each room for a week, in a file of SQLite. Scroll up to read ' +
      'them. After a restart of the relay they are still there.',
  },
  {
    asks: /presence|who is here|typing|members/,
    answer:
      'The people in a room are values with a will: when a page is gone, the relay removes its value, and all pages ' +
      'see that. Typing is a part of the same value.',
  },
  {
    asks: /reaction|emoji|values?\b|retain/,
    answer:
      'A value is what a subject remembers: its last message, with a revision. A reaction is one value for each ' +
      'person and message, so two people never overwrite each other.',
  },
  {
    asks: /broker|redis|nats|mqtt|mosquitto/,
    answer:
      'A room lives on a broker: in memory, Redis, NATS or MQTT. Choose one when you make a room. All of them share ' +
      'one connection of your page. `npm run demo:brokers` starts one of each.',
  },
  {
    asks: /how do(es)? (you|the bot)|who are you|what are you|stream|bot\b/,
    answer:
      'I am a program beside the relay. Your page sends me a request on the subject ask.bot, and I stream my words ' +
      'as the parts of one reply. When I am done, I publish the whole answer to the room.',
  },
  {
    asks: /curl|terminal|publish|command|program/,
    answer:
      'Any program can write here. From a terminal: npx wildcast pub good.apple hello. Or with curl: POST a text to ' +
      '/publish/good.apple of this address.',
  },
  {
    asks: /contract|schema|typed?\b|valid/,
    answer:
      'One contract states the data of every subject. The page checks with it before it sends, the relay refuses ' +
      'what does not fit, and TypeScript knows the types. Send a wrong message from the explorer to see the refusal.',
  },
  {
    asks: /wildcast|how (does|do) (it|this)|what is this|relay/,
    answer:
      'Wildcast brings your brokers to the browser: a small relay, and a typed SDK. Pages subscribe, publish and ' +
      'request over one connection, which resumes after breaks and loses nothing on the way.',
  },
  { asks: /thank/, answer: 'You are welcome.' },
  {
    asks: /^\W*(hi|hello|hey|good (morning|evening|day))\b/,
    answer: 'Hello! Ask me for a price, a sensor, or how Wildcast works.',
  },
]
