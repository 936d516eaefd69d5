import { useEffect, useRef, useState } from 'react'
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

/** One step at a time, above its view. In a narrow window it is one line, which opens. */
export function Tour() {
  const number = usePage((page) => page.tour)
  const [isOpen, setOpen] = useState(false)
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
  const inside = isOpen ? 'max-lg:col-span-2 max-lg:pb-2' : 'max-lg:hidden'
  return (
    <section
      id={id}
      aria-label="Tour"
      tabIndex={-1}
      onKeyDown={({ key }) => key === 'Escape' && end()}
      className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)_auto] content-center items-center gap-x-2 pr-1 pl-4
        outline-none md:px-6 lg:grid-cols-[minmax(0,1fr)_auto_auto] lg:py-3"
    >
      <p aria-live="polite" aria-atomic className="truncate font-semibold text-sm lg:self-end">
        {step.title}
        <span className="ml-2 font-normal text-quiet text-xs tabular-nums max-sm:ml-0 max-sm:block">
          step {number} of {steps.length}
        </span>
      </p>
      <p aria-live="polite" id="tour-text" className={`text-pretty text-sm lg:col-start-1 lg:self-start ${inside}`}>
        {step.text}
      </p>
      <div className={`flex items-center gap-2 lg:col-start-2 lg:row-span-2 lg:row-start-1 ${inside}`}>
        <StepLink number={number} />
        {number > 1 && <Button onClick={back}>Back</Button>}
      </div>
      <div
        className="col-start-2 row-start-1 flex items-center gap-1 lg:col-start-3 lg:row-span-2 lg:row-start-1
          lg:gap-2"
      >
        <button
          type="button"
          aria-label="Details"
          aria-expanded={isOpen}
          aria-controls="tour-text"
          onClick={() => setOpen(!isOpen)}
          className={`${iconButton} lg:hidden`}
        >
          <Icon name="chevron" className={`size-4 transition-transform ${isOpen ? 'rotate-180' : ''}`} />
        </button>
        <Button ref={next} isMain onClick={() => go(number + 1)}>
          {number < steps.length ? 'Next' : 'Done'}
        </Button>
        <button type="button" aria-label="End the tour" title="End the tour" onClick={end} className={iconButton}>
          <Icon name="close" />
        </button>
      </div>
    </section>
  )
}

const iconButton = `grid size-9 place-items-center rounded-lg text-quiet transition-colors hover:bg-raised
  hover:text-text touch:size-11`

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
