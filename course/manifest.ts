import { adClickAggregation } from "./systems/ad-click-aggregation.ts";
import { consistentHashing } from "./systems/consistent-hashing.ts";
import { digitalWallet } from "./systems/digital-wallet.ts";
import { fileSync } from "./systems/file-sync.ts";
import { hotelReservation } from "./systems/hotel-reservation.ts";
import { keyValueStore } from "./systems/key-value-store.ts";
import { leaderboard } from "./systems/leaderboard.ts";
import { maps } from "./systems/maps.ts";
import { messageQueue } from "./systems/message-queue.ts";
import { metricsMonitoring } from "./systems/metrics-monitoring.ts";
import { nearbyFriends } from "./systems/nearby-friends.ts";
import { newsFeed } from "./systems/news-feed.ts";
import { notificationService } from "./systems/notification-service.ts";
import { objectStorage } from "./systems/object-storage.ts";
import { paymentSystem } from "./systems/payment-system.ts";
import { proximityService } from "./systems/proximity-service.ts";
import { rateLimiter } from "./systems/rate-limiter.ts";
import { searchAutocomplete } from "./systems/search-autocomplete.ts";
import { stockExchange } from "./systems/stock-exchange.ts";
import { uniqueIdGenerator } from "./systems/unique-id-generator.ts";
import { urlShortener } from "./systems/url-shortener.ts";
import { videoPlatform } from "./systems/video-platform.ts";
import { webCrawler } from "./systems/web-crawler.ts";
import type { Exercise, Part, System } from "./types.ts";

/** The whole course, in reading order. What is not listed here does not exist for the site, the grader or the stubs. */
export const parts: readonly Part[] = [
  {
    slug: "infrastructure",
    title: "Low-level infrastructure",
    systems: [rateLimiter, messageQueue, consistentHashing, uniqueIdGenerator, fileSync],
  },
  {
    slug: "storage",
    title: "Storage",
    systems: [keyValueStore, objectStorage],
  },
  {
    slug: "engagement",
    title: "User engagement",
    systems: [leaderboard, videoPlatform, newsFeed],
  },
  {
    slug: "finance",
    title: "Financial services",
    systems: [digitalWallet, stockExchange, paymentSystem],
  },
  {
    slug: "location",
    title: "Location-based services",
    systems: [proximityService, nearbyFriends, maps],
  },
  {
    slug: "data-and-products",
    title: "Data pipelines and products",
    systems: [
      webCrawler,
      metricsMonitoring,
      adClickAggregation,
      hotelReservation,
      searchAutocomplete,
      urlShortener,
      notificationService,
    ],
  },
];

export const systems: readonly System[] = parts.flatMap((part) => part.systems);

/** An exercise with the system and part that hold it, and the id that people type. */
export interface CatalogEntry {
  /** `<system>/<exercise>` */
  readonly id: string;
  readonly part: Part;
  readonly system: System;
  readonly exercise: Exercise;
}

/** Every exercise of the course, in reading order. */
export const catalog: readonly CatalogEntry[] = parts.flatMap((part) =>
  part.systems.flatMap((system) =>
    system.exercises.map((exercise) => ({ id: `${system.slug}/${exercise.slug}`, part, system, exercise })),
  ),
);

/** True once a system has exercises; until then the site shows it as planned. */
export const isBuilt = (system: System): boolean => system.exercises.length > 0;

export const findSystem = (slug: string): System | undefined => systems.find((system) => system.slug === slug);

export const findPart = (systemSlug: string): Part | undefined =>
  parts.find((part) => part.systems.some((system) => system.slug === systemSlug));

/** Path of the chapter below the site's base URL, e.g. `/docs/infrastructure/rate-limiter`. */
export function chapterPath(systemSlug: string): string {
  const part = findPart(systemSlug);
  if (part === undefined) throw new Error(`No system "${systemSlug}" in course/manifest.ts`);
  return `/docs/${part.slug}/${systemSlug}`;
}
