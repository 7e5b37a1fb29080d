import Link from "@docusaurus/Link";
import { isActiveSidebarItem } from "@docusaurus/plugin-content-docs/client";
import { ThemeClassNames } from "@docusaurus/theme-common";
import type { Props } from "@theme/DocSidebarItem/Link";
import clsx from "clsx";
import { progressOf } from "../../../lib/progress.ts";
import { useCourse } from "../../../lib/useCourse.ts";
import { useGrader } from "../../../lib/useGrader.tsx";

/** As in the classic theme, plus the reader's own state as a mark on the lane (drawn in chrome.css). */
export default function DocSidebarItemLink({ item, onItemClick, activePath, level, index, ...rest }: Props) {
  const { marks } = useGrader();
  const slug = item.customProps?.system;
  const course = useCourse();
  const progress = typeof slug === "string" ? progressOf(course.system(slug), marks) : undefined;
  const isActive = isActiveSidebarItem(item, activePath);
  return (
    <li
      className={clsx(
        ThemeClassNames.docs.docSidebarItemLink,
        ThemeClassNames.docs.docSidebarItemLinkLevel(level),
        "menu__list-item",
        item.className,
      )}
      data-state={progress?.state}
    >
      <Link
        className={clsx("menu__link", { "menu__link--active": isActive })}
        autoAddBaseUrl={item.autoAddBaseUrl ?? true}
        aria-current={isActive ? "page" : undefined}
        to={item.href}
        onClick={onItemClick ? () => onItemClick(item) : undefined}
        {...rest}
      >
        {item.label}
        {progress && progress.passed > 0 && (
          <span className="menu__progress" title={`${progress.passed} of ${progress.total} exercises passed`}>
            {progress.passed}/{progress.total}
          </span>
        )}
      </Link>
    </li>
  );
}
