"""The bookmarks of a dossier: one for every flow, its grounds, and every service; and every memo takes one page.

    outline.py DOSSIER.pdf RESULT.json

The PDF is read by qpdf.
"""

import json
import subprocess
import sys

pdf, result = sys.argv[1:]
read = subprocess.run(["qpdf", "--json", "--json-key=outlines", pdf], check=True, capture_output=True)
parts = json.loads(read.stdout)["outlines"]
flows = json.load(open(result, encoding="utf-8"))["flows"]


def titles(items):
    return [item["title"] for item in items]


def same(what, found, expected):
    if found != expected:
        sys.exit(f"{pdf}: {what} are {found}, expected {expected}")


same("parts", titles(parts), ["Verdicts", "Grounds", "Control matrix", "Provider fact sheets", "Files and signatures"])
verdicts, grounds, _, sheets, _ = parts
names = [f"emo {number}: {flow['integration']} › {flow['flow']}" for number, flow in enumerate(flows, 1)]
same("memos", titles(verdicts["kids"]), ["M" + name for name in names])
same("grounds", titles(grounds["kids"]), ["Grounds of m" + name for name in names])
same("sheets", titles(sheets["kids"]), sorted({flow["service"] for flow in flows}))
pages = [memo["destpageposfrom1"] for memo in verdicts["kids"] + [grounds]]
longer = [memo["title"] for memo, page, following in zip(verdicts["kids"], pages, pages[1:]) if following - page != 1]
same("memos that take more than a page", longer, [])
print(f"{pdf}: {len(flows)} memos of one page each, every part has its bookmark")
