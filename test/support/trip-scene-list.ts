import { type Scene, SceneDrive, type SceneOptions, type ScenePoint } from "./trip-scenes";

type Make = (options: SceneOptions) => Scene;
const MINUTE = 60;
const HOUR = 3600;

function withIgnition(drive: SceneDrive, work: (drive: SceneDrive) => void): SceneDrive {
  drive.ignition = true;
  drive.stand(15);
  work(drive);
  drive.stand(20);
  drive.ignition = false;
  return drive;
}

function city(drive: SceneDrive, lights = 8): void {
  for (let light = 0; light < lights; light++) {
    drive.drive(350 + 70 * light, 48).stand(20 + ((light * 37) % 120));
    drive.back();
    drive.drive(300, 30, 4);
  }
}

const parked = (drive: SceneDrive, seconds: number) => {
  const { every } = drive;
  drive.every = Math.max(every, 60);
  drive.stand(seconds);
  drive.every = every;
  return drive;
};

/** A scene in which two drives are parted by something. */
const around = (between: (drive: SceneDrive) => void): Make => {
  return (options) => {
    const drive = new SceneDrive(options);
    parked(drive, 20 * MINUTE);
    withIgnition(drive, (it) => it.drive(4000, 60));
    between(drive);
    withIgnition(drive, (it) => it.drive(5000, 60));
    return parked(drive, 20 * MINUTE);
  };
};

const shuffled = (points: ScenePoint[], arrival: (point: ScenePoint) => number): ScenePoint[] =>
  points.map((point) => ({ ...point, arrival: arrival(point) })).sort((a, b) => a.arrival - b.arrival);

/** Hard scenes, by what is hard about them. */
export const SCENES: Readonly<Record<string, Make>> = {
  "city with traffic lights": (options) => {
    const drive = new SceneDrive(options);
    parked(drive, 10 * MINUTE);
    withIgnition(drive, city);
    return parked(drive, 10 * MINUTE);
  },
  motorway: (options) => {
    const drive = new SceneDrive(options);
    parked(drive, 10 * MINUTE);
    withIgnition(drive, (it) => it.drive(90_000, 125));
    return parked(drive, 10 * MINUTE);
  },
  "two trips with a stop of four minutes, ignition on": around((drive) => {
    drive.ignition = true;
    drive.stand(4 * MINUTE);
  }),
  "a ferry": around((drive) => {
    parked(drive, 12 * MINUTE);
    drive.drive(14_000, 30);
    parked(drive, 8 * MINUTE);
  }),
  "a tunnel": (options) => {
    const drive = new SceneDrive(options);
    parked(drive, 10 * MINUTE);
    withIgnition(drive, (it) => {
      it.drive(6000, 80);
      it.noFix = true;
      it.drive(7000, 80);
      it.noFix = false;
      it.drive(6000, 80);
    });
    return parked(drive, 10 * MINUTE);
  },
  "ignition that flickers while it drives": (options) => {
    const drive = new SceneDrive(options);
    parked(drive, 10 * MINUTE);
    withIgnition(drive, (it) => {
      for (let part = 0; part < 12; part++) {
        it.ignition = part % 2 === 0;
        it.drive(900, 55);
        it.stand(15);
      }
    });
    return parked(drive, 10 * MINUTE);
  },
  "drift over night": around((drive) => {
    const { drift } = drive;
    drive.drift = 45;
    parked(drive, 8 * HOUR);
    drive.drift = drift;
    drive.stand(4 * MINUTE);
  }),
  "indoors, where positions leap and nothing says a speed": (options) => {
    const leaping = around((drive) => {
      const { noise } = drive;
      drive.noise = 30;
      drive.stand(3 * HOUR);
      drive.noise = noise;
      drive.stand(4 * MINUTE);
    });
    return leaping({ ...options, says: { speed: false, ignition: false } });
  },
  "jumps while it is parked": (options) => {
    const scene = around((drive) => parked(drive, 5 * HOUR))(options);
    scene.points.forEach((point, index) => {
      const jump = index > 140 && index < 400 && index % 31 === 0;
      if (jump) scene.points[index] = { ...point, latitude: point.latitude + 0.011 };
    });
    return scene;
  },
  "bad fixes": (options) => {
    const scene = around((drive) => parked(drive, HOUR))(options);
    scene.points.forEach((point, index) => {
      if (index % 17 === 3) scene.points[index] = { ...point, latitude: 0, longitude: 0 };
      if (index % 19 === 5) scene.points[index] = { ...point, latitude: point.latitude + 0.4 };
      if (index % 23 === 7)
        scene.points[index] = { ...point, longitude: point.longitude + 0.05, satellites: 2 };
    });
    return scene;
  },
  "walking pace": around((drive) => {
    parked(drive, 20 * MINUTE);
    drive.ignition = true;
    drive.drive(1500, 5);
    parked(drive, 20 * MINUTE);
  }),
  "a jam": (options) => {
    const drive = new SceneDrive(options);
    parked(drive, 10 * MINUTE);
    withIgnition(drive, (it) => {
      it.drive(3000, 70);
      for (let step = 0; step < 25; step++) it.drive(70, 15).stand(70);
      it.drive(3000, 70);
    });
    return parked(drive, 10 * MINUTE);
  },
  "circles in a car park": (options) => {
    const drive = new SceneDrive(options);
    parked(drive, 10 * MINUTE);
    withIgnition(drive, (it) => {
      it.drive(3000, 50);
      it.drive(900, 9, 7);
      it.drive(1200, 40);
    });
    return parked(drive, 10 * MINUTE);
  },
  "a clock an hour ahead": around((drive) => {
    parked(drive, 10 * MINUTE);
    drive.ahead = HOUR * 1000;
    withIgnition(drive, (it) => it.drive(8000, 60));
    drive.ahead = 0;
    parked(drive, 2 * HOUR);
  }),
  "a clock 1,024 weeks back": (options) => {
    const scene = around((drive) => parked(drive, HOUR))(options);
    scene.points.forEach((point, index) => {
      if (index % 3 > 0) return;
      scene.points[index] = { ...point, time: point.time - 1024 * 7 * 86_400_000 };
    });
    return scene;
  },
  "a day in silence, then all of it, newest first": (options) => {
    const scene = around((drive) => {
      parked(drive, 3 * HOUR);
      withIgnition(drive, city);
      parked(drive, 5 * HOUR);
    })(options);
    const first = scene.points[60] as ScenePoint;
    const last = (scene.points.at(-60) as ScenePoint).time;
    const upload = last + 10 * MINUTE * 1000;
    return {
      trips: scene.trips,
      points: shuffled(scene.points, (point) =>
        point.time < first.time || point.time > last ? point.arrival : upload + (last - point.time) / 1000,
      ),
    };
  },
  "an order that jitters": (options) => {
    const scene = around((drive) => parked(drive, HOUR))(options);
    const { points, trips } = scene;
    return { trips, points: shuffled(points, (point) => point.arrival + ((point.time / 1000) % 7) * 20_000) };
  },
};

/** The same everyday scene in other places and as other devices report it. */
export const VARIANTS: Readonly<Record<string, Partial<SceneOptions>>> = {
  "each second": { every: 1 },
  "each half minute": { every: 30 },
  "without speed": { says: { speed: false } },
  "without speed, each half minute": { every: 30, says: { speed: false } },
  "without ignition": { says: { ignition: false } },
  "over the date line": { latitude: -17, longitude: 179.99 },
  "near the pole": { latitude: 89.9, longitude: 20 },
  "over midnight and the end of a year": { start: Date.UTC(2025, 11, 31, 23, 35) },
};
