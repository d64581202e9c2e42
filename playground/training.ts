export const open = (place: HTMLElement): void => void place;
export const close = (): void => undefined;
