import { hashOf } from '../page.js'

interface Step {
  readonly title: string
  readonly text: string
  /** The view that it shows. */
  readonly hash: string
  readonly link?: (brokers: readonly string[]) => TourLink | undefined
}

interface TourLink {
  readonly words: string
  readonly href: string
  readonly isNewWindow?: boolean
}

/** The steps of the tour, in order. */
export const steps: readonly Step[] = [
  {
    title: 'Two windows chat',
    text: 'Write below, and open a second window: both show the same messages in the same order.',
    hash: hashOf('chat'),
    link: () => ({ words: 'Second window', href: location.href, isNewWindow: true }),
  },
  {
    title: 'Each room has a broker',
    text: 'A room is a subject of a broker, and you choose which. All share one connection.',
    hash: hashOf('chat'),
    link: ([, other]) =>
      other === undefined ? undefined : { words: `A room on ${other}`, href: hashOf('chat', other, 'apple') },
  },
  {
    title: 'A live dashboard',
    text: 'Streams of several brokers, and 1,000 prices as values. Show only “movers”: the bytes fall.',
    hash: hashOf('dashboard', 'market'),
    link: () => ({ words: 'Streams', href: hashOf('dashboard') }),
  },
  {
    title: 'A wrong price is refused',
    text: 'Under “Publish”, send a wrong price: the relay refuses it, and names what does not fit.',
    hash: hashOf('explorer', 'price.*'),
  },
  {
    title: 'It heals by itself',
    text: 'Cut your connection for 2 s. Each message has an outcome, and what is missed is counted.',
    hash: hashOf('faults'),
  },
]
