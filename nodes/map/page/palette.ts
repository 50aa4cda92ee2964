/** Colours of the map; those of the panels stand in page.css. */
export interface Palette {
  readonly sea: string;
  readonly earth: string;
  readonly coast: string;
  readonly urban: string;
  readonly green: string;
  readonly building: string;
  readonly buildingEdge: string;
  readonly river: string;
  readonly border: string;
  readonly highway: string;
  readonly highwayEdge: string;
  readonly road: string;
  readonly roadEdge: string;
  readonly lane: string;
  readonly laneEdge: string;
  readonly rail: string;
  /** Where vehicles of the fleet have driven. */
  readonly driven: string;
  readonly text: string;
  readonly quietText: string;
  readonly waterText: string;
  readonly country: string;
  /** Around texts. */
  readonly halo: string;
  /** Around vehicles. */
  readonly edge: string;
  readonly name: string;
  readonly accent: string;
  /** Of the chosen vehicle. */
  readonly glow: string;
  /** By the index of the vehicle's state. */
  readonly states: readonly string[];
  /** By how fast it was, slowest first. */
  readonly speeds: readonly string[];
}

export const LIGHT: Palette = {
  sea: "#c9dcea",
  earth: "#f5f3ee",
  coast: "#8fb0c6",
  urban: "#e7e2d8",
  green: "#dbe8cf",
  building: "#e0d9cd",
  buildingEdge: "#d2c9ba",
  river: "#9fc3dc",
  border: "#a497b5",
  highway: "#f0b860",
  highwayEdge: "#c98f30",
  road: "#ffffff",
  roadEdge: "#c9c2b4",
  lane: "#ffffff",
  laneEdge: "#d9d3c7",
  rail: "#b3adb5",
  driven: "#bcae99",
  text: "#3a4450",
  quietText: "#5c6672",
  waterText: "#3f6f92",
  country: "#7d7390",
  halo: "#ffffffd8",
  edge: "#ffffff",
  name: "#17202a",
  accent: "#2563c9",
  glow: "#2563c933",
  states: ["#12864a", "#c26a00", "#2563c9", "#6d7580", "#c4161c"],
  speeds: ["#5b6fd6", "#1f9bb8", "#12864a", "#c26a00", "#cc2936"],
};

export const DARK: Palette = {
  sea: "#0e1a26",
  earth: "#1b232d",
  coast: "#33526a",
  urban: "#242e39",
  green: "#1d2c27",
  building: "#2a3541",
  buildingEdge: "#34414e",
  river: "#23445c",
  border: "#5d5672",
  highway: "#8a6a34",
  highwayEdge: "#12181f",
  road: "#4a5867",
  roadEdge: "#12181f",
  lane: "#374350",
  laneEdge: "#161d25",
  rail: "#4a4e59",
  driven: "#55646f",
  text: "#c3ccd6",
  quietText: "#8793a0",
  waterText: "#5f96bb",
  country: "#8c83a3",
  halo: "#10161dd0",
  edge: "#0b1016",
  name: "#e8edf2",
  accent: "#6ea8ff",
  glow: "#6ea8ff44",
  states: ["#35c579", "#f0a030", "#6ea8ff", "#98a2b0", "#ff5a5f"],
  speeds: ["#8b9cff", "#4cc9e0", "#35c579", "#f0a030", "#ff6470"],
};

/** km/h up to which each colour of {@link Palette.speeds} but the last goes. */
export const SPEED_STEPS = [20, 50, 80, 110];

export function speedClass(kmh: number): number {
  const found = SPEED_STEPS.findIndex((most) => kmh < most);
  return found < 0 ? SPEED_STEPS.length : found;
}
