import { useEffect, useRef } from 'react'
import { useChatStore } from '../chat/chat-store.js'
import { usePage } from '../page.js'
import { Button, buttonLook } from '../ui/button.js'
import { Icon } from '../ui/icon.js'
import { steps } from './steps.js'

const id = 'tour'

let wasAsked = false

/** Starts the tour again. A keyboard continues in it. */
export function startTour(): void {
  wasAsked = true
  go(1)
}

function end(): void {
  usePage.setState({ tour: 0 })
  document.getElementById('content')?.focus()
}

function go(number: number): void {
  const step = steps[number - 1]
  if (step) {
    location.hash = step.hash
    usePage.setState({ tour: number })
  } else end()
}

/** One step at a time, above the view that it is about. */
export function Tour() {
  const number = usePage((page) => page.tour)
  const step = steps[number - 1]
  const next = useRef<HTMLButtonElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step may be asked for
  useEffect(() => {
    if (wasAsked) document.getElementById(id)?.focus()
    wasAsked = false
  }, [number])
  if (!step) return null
  const back = (): void => {
    if (number === 2) next.current?.focus() // the first step has no way back
    go(number - 1)
  }
  return (
    <section
      id={id}
      aria-label="Tour"
      tabIndex={-1}
      onKeyDown={({ key }) => key === 'Escape' && end()}
      className="flex min-w-0 flex-1 flex-col justify-between gap-2 px-4 py-3 outline-none md:px-6 lg:flex-row
        lg:items-center lg:gap-4"
    >
      <div aria-live="polite" aria-atomic className="min-w-0">
        <p className="font-semibold text-sm">
          {step.title}
          <span className="ml-2 font-normal text-quiet text-xs tabular-nums">
            step {number} of {steps.length}
          </span>
        </p>
        <p className="text-pretty text-sm">{step.text}</p>
      </div>
      <div className="flex shrink-0 items-center gap-2">
        <StepLink number={number} />
        {number > 1 && <Button onClick={back}>Back</Button>}
        <Button ref={next} isMain onClick={() => go(number + 1)}>
          {number < steps.length ? 'Next' : 'Done'}
        </Button>
        <button
          type="button"
          aria-label="End the tour"
          title="End the tour"
          onClick={end}
          className="ml-auto grid size-9 place-items-center rounded-lg text-quiet transition-colors hover:bg-raised
            hover:text-text touch:size-11"
        >
          <Icon name="close" />
        </button>
      </div>
    </section>
  )
}

function StepLink({ number }: { readonly number: number }) {
  const brokers = useChatStore((chat) => chat.brokers)
  const link = steps[number - 1]?.link?.(brokers)
  if (!link) return null
  return (
    <a href={link.href} className={buttonLook()} {...(link.isNewWindow && { target: '_blank', rel: 'noopener' })}>
      {link.words}
    </a>
  )
}
