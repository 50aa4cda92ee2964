/** How the rows of a list are made and filled. */
export interface RowKind<T, View extends { readonly element: HTMLElement }> {
  /** Pixels; the same for every row. */
  readonly height: number;
  key(item: T): string;
  create(): View;
  /** Fills a row; called only where the item is another object than before. */
  fill(view: View, item: T): void;
  /** Brings a row up to date whose item is the same, but not the time. */
  refresh(view: View): void;
  /** The buttons of a row that the arrow keys reach, in order. */
  buttons(view: View): readonly HTMLElement[];
  open(item: T): void;
}

/** Rows drawn above and below what can be seen, so that scrolling finds them there. */
const SPARE_ROWS = 6;

/**
 * A list of any length of which only the visible rows exist. It is one stop of the Tab key: arrows, Page, Home
 * and End move along the rows, left and right to the buttons of a row, Enter opens or presses.
 */
export class VirtualList<T, View extends { readonly element: HTMLElement }> {
  readonly element: HTMLElement;
  private readonly space: HTMLElement;
  private items: readonly T[] = [];
  private readonly drawn = new Map<string, { view: View; item: T; index: number }>();
  private readonly spare: View[] = [];
  private active: string | undefined;
  /** Where the active row was last, for when it goes away. */
  private activeIndex = 0;
  /** The chosen button of the active row; −1 is the row itself. */
  private button = -1;

  constructor(
    private readonly kind: RowKind<T, View>,
    label: string,
    private readonly id: string,
  ) {
    this.element = document.createElement("div");
    this.element.className = "tracker-list";
    this.element.tabIndex = 0;
    this.element.id = id;
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-label", label);
    this.element.setAttribute("aria-readonly", "true");
    this.space = document.createElement("div");
    this.space.className = "tracker-list-space";
    this.space.setAttribute("role", "rowgroup");
    this.element.append(this.space);
    this.element.addEventListener("scroll", () => this.draw(), { passive: true });
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("focus", () => this.focused());
    this.element.addEventListener("blur", () => this.markActive());
    this.element.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** The items that are shown, in order. */
  get shown(): readonly T[] {
    return this.items;
  }

  show(items: readonly T[]): void {
    this.items = items;
    this.element.setAttribute("aria-rowcount", String(items.length));
    this.space.style.height = `${items.length * this.kind.height}px`;
    if (this.active !== undefined) this.follow(this.active);
    this.draw();
  }

  /** Chooses a row without opening it, and brings it into view. */
  choose(key: string): void {
    const index = this.items.findIndex((item) => this.kind.key(item) === key);
    if (index >= 0) this.move(index);
  }

  /** Fills the rows anew that can be seen. */
  refill(): void {
    for (const { view, item } of this.drawn.values()) this.kind.fill(view, item);
  }

  /** Time went on. */
  refresh(): void {
    for (const { view } of this.drawn.values()) this.kind.refresh(view);
  }

  scrollToTop(): void {
    this.element.scrollTop = 0;
  }

  /** Keeps the active row, or takes the one that has come to its place. */
  private follow(active: string): void {
    const isActive = (item: T | undefined) => item !== undefined && this.kind.key(item) === active;
    if (isActive(this.items[this.activeIndex])) return;
    const index = this.items.findIndex(isActive);
    if (index >= 0) {
      this.activeIndex = index;
      return;
    }
    this.activeIndex = Math.max(0, Math.min(this.activeIndex, this.items.length - 1));
    const next = this.items[this.activeIndex];
    this.active = next === undefined ? undefined : this.kind.key(next);
    this.button = -1;
  }

  private draw(): void {
    const { height } = this.kind;
    const first = Math.max(0, Math.floor(this.element.scrollTop / height) - SPARE_ROWS);
    const count = Math.ceil(this.element.clientHeight / height) + 2 * SPARE_ROWS;
    const visible = this.element.clientHeight === 0 ? [] : this.items.slice(first, first + count);
    const keys = new Set(visible.map((item) => this.kind.key(item)));
    for (const [key, { view }] of this.drawn) {
      if (keys.has(key)) continue;
      this.drawn.delete(key);
      this.putAside(view);
    }
    visible.forEach((item, offset) => {
      this.drawRow(item, first + offset);
    });
    this.markActive();
  }

  private putAside(view: View): void {
    const { element } = view;
    element.hidden = true;
    element.removeAttribute("id");
    delete element.dataset.key;
    for (const marked of [element, ...this.kind.buttons(view)]) {
      marked.classList.remove("tracker-active");
      marked.removeAttribute("id");
    }
    this.spare.push(view);
  }

  private drawRow(item: T, index: number): void {
    const key = this.kind.key(item);
    const found = this.drawn.get(key);
    const view = found?.view ?? this.spare.pop() ?? this.make();
    if (found?.item !== item) this.kind.fill(view, item);
    if (found?.index !== index) {
      view.element.style.transform = `translateY(${index * this.kind.height}px)`;
      view.element.setAttribute("aria-rowindex", String(index + 1));
    }
    view.element.hidden = false;
    view.element.dataset.key = key;
    this.drawn.set(key, { view, item, index });
  }

  private make(): View {
    const view = this.kind.create();
    view.element.setAttribute("role", "row");
    view.element.style.height = `${this.kind.height}px`;
    this.space.append(view.element);
    return view;
  }

  private markActive(): void {
    const hasFocus = document.activeElement === this.element;
    let target: HTMLElement | undefined;
    for (const [key, { view }] of this.drawn) {
      const isActive = key === this.active;
      const buttons = this.kind.buttons(view);
      view.element.classList.toggle("tracker-active", isActive && hasFocus);
      buttons.forEach((button, at) => {
        button.classList.toggle("tracker-active", isActive && hasFocus && at === this.button);
      });
      view.element.id = `${this.id}-row-${key}`;
      if (isActive) target = buttons[this.button] ?? view.element;
    }
    if (target === undefined) this.element.removeAttribute("aria-activedescendant");
    else {
      target.id = target.id || `${this.id}-button-${this.button}-${this.active}`;
      this.element.setAttribute("aria-activedescendant", target.id);
    }
  }

  private focused(): void {
    if (this.active === undefined) {
      const index = Math.ceil(this.element.scrollTop / this.kind.height);
      if (index < this.items.length) this.move(index);
    }
    this.markActive();
  }

  private move(index: number): void {
    const to = Math.max(0, Math.min(index, this.items.length - 1));
    const item = this.items[to];
    if (item === undefined) return;
    this.active = this.kind.key(item);
    this.activeIndex = to;
    this.button = -1;
    const top = to * this.kind.height;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.kind.height > scrollTop + clientHeight) {
      this.element.scrollTop = top + this.kind.height - clientHeight;
    }
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target !== this.element) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.kind.height) - 1);
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => this.move(this.activeIndex + 1),
      ArrowUp: () => this.move(this.activeIndex - 1),
      PageDown: () => this.move(this.activeIndex + page),
      PageUp: () => this.move(this.activeIndex - page),
      Home: () => this.move(0),
      End: () => this.move(this.items.length - 1),
      ArrowRight: () => this.chooseButton(1),
      ArrowLeft: () => this.chooseButton(-1),
      Enter: () => this.press(),
      " ": () => this.press(),
    };
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    step();
  }

  private chooseButton(by: 1 | -1): void {
    const found = this.active === undefined ? undefined : this.drawn.get(this.active);
    const count = found === undefined ? 0 : this.kind.buttons(found.view).length;
    this.button = Math.max(-1, Math.min(this.button + by, count - 1));
    this.markActive();
  }

  private press(): void {
    const found = this.active === undefined ? undefined : this.drawn.get(this.active);
    if (found === undefined) return;
    const button = this.kind.buttons(found.view)[this.button];
    if (button !== undefined) button.click();
    else this.kind.open(found.item);
  }

  private click(event: MouseEvent): void {
    const target = event.target as Element;
    const key = target.closest<HTMLElement>("[data-key]")?.dataset.key;
    const found = key === undefined ? undefined : this.drawn.get(key);
    if (key === undefined || found === undefined) return;
    this.active = key;
    this.activeIndex = found.index;
    this.button = -1;
    this.markActive();
    if (target.closest("button") === null) this.kind.open(found.item);
  }
}
