import { usePage } from '../page.js'
import { onDemand } from '../ui/on-demand.js'

const Tour = onDemand(async () => (await import('./tour.js')).Tour)

/** The place of the tour above a view. It has its height from the start, so that nothing moves. */
export function TourSlot() {
  const isOpen = usePage(({ tour }) => tour >= 1 && tour <= 5)
  return (
    isOpen && (
      <div className="flex min-h-12 shrink-0 border-line border-b bg-brand/10 lg:min-h-20">
        <Tour />
      </div>
    )
  )
}

/** Starts the tour again. */
export function TourButton({ onChoose }: { readonly onChoose?: (() => void) | undefined }) {
  const start = (): void => {
    onChoose?.()
    void import('./tour.js').then(
      ({ startTour }) => startTour(),
      () => {}, // offline without its code
    )
  }
  return (
    <button
      type="button"
      onClick={start}
      className="ml-auto min-h-6 rounded-md px-2 text-quiet text-xs transition-colors hover:bg-raised hover:text-text
        touch:min-h-11 touch:px-3"
    >
      Tour
    </button>
  )
}
