import { create } from 'zustand'
import { Icon } from '../ui/icon.js'

/** Whether the drawer of a narrow screen is open. */
export const useDrawer = create<{ readonly isOpen: boolean }>()(() => ({ isOpen: false }))

/** Opens the drawer of a narrow screen. */
export function MenuButton() {
  const isOpen = useDrawer((drawer) => drawer.isOpen)
  return (
    <button
      type="button"
      aria-label="Menu"
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      onClick={() => useDrawer.setState({ isOpen: true })}
      className="grid size-11 shrink-0 place-items-center rounded-lg text-quiet transition-colors hover:bg-raised
        hover:text-text"
    >
      <Icon name="menu" className="size-5" />
    </button>
  )
}
